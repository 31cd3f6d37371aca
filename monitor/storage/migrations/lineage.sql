CREATE TABLE differences (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    added TEXT NOT NULL,
    cut TEXT NOT NULL
);

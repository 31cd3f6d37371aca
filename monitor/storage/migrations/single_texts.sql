UPDATE revisions SET text = ''
WHERE number = (SELECT revision FROM articles WHERE articles.id = article_id)
AND text = (SELECT text FROM articles WHERE articles.id = article_id);

CREATE VIEW texts AS
SELECT r.article_id, r.number, r.seen_at, r.title, r.lead,
       CASE WHEN r.text = '' AND r.number = a.revision THEN a.text ELSE r.text END AS text
FROM revisions AS r JOIN articles AS a ON a.id = r.article_id;

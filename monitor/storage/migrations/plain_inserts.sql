-- A statement with triggers keeps a copy of every page that it changes, for it may fail halfway: an article's row with
-- its indexes lies on twenty. What these did is done by whoever adds an article (storage/articles/articles.py).
DROP TRIGGER articles_ai;
DROP TRIGGER story_article_added;

CREATE INDEX articles_url ON articles (url);
CREATE INDEX alerts_lease ON alerts (lease) WHERE lease IS NOT NULL;

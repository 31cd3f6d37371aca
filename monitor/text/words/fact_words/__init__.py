"""Small words that turn or weigh a sentence, by language; nothing here knows a topic."""

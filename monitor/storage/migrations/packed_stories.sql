UPDATE story_profiles SET
    words = pack_weights(words),
    names = pack_counts(names),
    central = CASE WHEN central = words THEN x'' ELSE pack_weights(central) END;

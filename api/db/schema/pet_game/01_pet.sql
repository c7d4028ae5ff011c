-- The virtual pet, one per user of the main database (referred to by name).

CREATE TABLE pet (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    name TEXT,
    species TEXT,
    gender TEXT,
    hunger INTEGER NOT NULL DEFAULT 70,
    happiness INTEGER NOT NULL DEFAULT 70,
    energy INTEGER NOT NULL DEFAULT 70,
    hygiene INTEGER NOT NULL DEFAULT 80,
    coins INTEGER NOT NULL DEFAULT 0,
    xp INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT 'Baby',
    adventure_end REAL NOT NULL DEFAULT 0,
    last_updated REAL,
    hat TEXT NOT NULL DEFAULT 'None',
    last_reward TEXT,
    hygiene_updated REAL
);

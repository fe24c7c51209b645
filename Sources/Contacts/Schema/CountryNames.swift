extension ContactsMigrations {
  /// One stored name for each country: values under another name of the list get it, and the contacts are marked, so
  /// that segments look at them again.
  static let countryNames = """
    CREATE TEMPORARY TABLE other_names ON COMMIT DROP AS
      SELECT * FROM (VALUES
        ('Brunei Darussalam', 'Brunei'),
        ('Cabo Verde', 'Cape Verde'),
        ('Caribbean Netherlands', 'Bonaire, Saint Eustatius and Saba'),
        ('Cocos (Keeling) Islands', 'Cocos Islands'),
        ('Congo', 'Republic of the Congo'),
        ('Congo, Democratic Republic of the', 'Democratic Republic of the Congo'),
        ('Ivory Coast', 'Côte d''Ivoire'),
        ('Cote d''Ivoire', 'Côte d''Ivoire'),
        ('Curacao', 'Curaçao'),
        ('Czechia', 'Czech Republic'),
        ('East Timor', 'Timor-Leste'),
        ('Swaziland', 'Eswatini'),
        ('Macau', 'Macao'),
        ('Macedonia', 'North Macedonia'),
        ('Holy See', 'Vatican'),
        ('Vatican City', 'Vatican'),
        ('Palestinian Territory', 'Palestine'),
        ('Reunion', 'Réunion'),
        ('Russian Federation', 'Russia'),
        ('Saint Barthelemy', 'Saint Barthélemy'),
        ('Türkiye', 'Turkey'),
        ('Viet Nam', 'Vietnam')
      ) AS names (old, new);
    DO $$
    DECLARE f record;
    BEGIN
      FOR f IN SELECT object, alias FROM fields WHERE type = 'country' LOOP
        IF f.object = 'lead' THEN
          EXECUTE format(
            'WITH moved AS (
              UPDATE contacts SET %1$I = n.new FROM other_names n WHERE %1$I = n.old
              RETURNING contacts.id
            )
            INSERT INTO contact_changes (contact_ids, topics, at)
            SELECT array_agg(id), ARRAY[%2$L], clock_timestamp()
            FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 5000 AS part FROM moved) AS p
            GROUP BY part', f.alias, 'field:' || f.alias);
        ELSE
          EXECUTE format(
            'WITH moved AS (
              UPDATE companies SET %1$I = n.new FROM other_names n WHERE %1$I = n.old
              RETURNING companies.id
            )
            INSERT INTO contact_changes (contact_ids, topics, at)
            SELECT array_agg(contact_id), ARRAY[''company''], clock_timestamp()
            FROM (SELECT l.contact_id, (row_number() OVER (ORDER BY l.contact_id) - 1) / 5000 AS part
              FROM moved JOIN contact_companies l ON l.company_id = moved.id) AS p
            GROUP BY part', f.alias);
        END IF;
      END LOOP;
    END $$;
    DROP TABLE other_names;
    """
}

/// Many contacts with what belongs to them, for tests of plans.
enum Crowd {
  /// Returns a script that adds contacts 1, 2, … to an empty database, each with an owner, a stage, a company, a tag and a
  /// segment.
  ///
  /// - Parameters:
  ///   - count: The number of contacts.
  ///   - more: Further columns of contacts, as expressions on the number `n`.
  static func script(_ count: Int, _ more: KeyValuePairs<String, String> = [:]) -> String {
    """
    INSERT INTO users (username, email, first_name, last_name, password_hash, date_added)
      SELECT 'u' || n, n || '@x.test', 'First' || n, 'Last' || n, '', '2024-01-01Z'
      FROM generate_series(1, 100) AS n;
    INSERT INTO stages (name, weight, date_added)
      SELECT 'Stage ' || n, n, '2024-01-01Z' FROM generate_series(1, 100) AS n;
    INSERT INTO contacts (id, firstname, lastname, email, company, city, country, owner_id,
        stage_id, date_added, date_identified, last_active, identity_shared
        \(more.map { ", \($0.key)" }.joined()))
      SELECT n, (ARRAY['Ann', 'Bob', 'José'])[1 + n % 3], 'Name ' || n % 1000,
        'n' || n || '@x.test', 'Company ' || n % 5000, (ARRAY['Rome', 'Berlin'])[1 + n % 2],
        'Italy', 1 + n % 100, 1 + n % 100, '2024-01-01Z', '2024-01-01Z',
        CASE WHEN n % 4 = 0 THEN '2024-01-01Z'::timestamptz + n * interval '1 second' END,
        n % 1000 = 0 \(more.map { ", \($0.value)" }.joined())
      FROM generate_series(1, \(count)) AS n;
    INSERT INTO companies (companyname, date_added)
      SELECT 'Company ' || n, '2024-01-01Z' FROM generate_series(1, 5000) AS n;
    INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
      SELECT n, 1 + n % 5000, true, '2024-01-01Z' FROM generate_series(1, \(count)) AS n;
    INSERT INTO tags (tag, date_added)
      SELECT 'tag ' || n, '2024-01-01Z' FROM generate_series(1, 1000) AS n;
    INSERT INTO contact_tags SELECT n, 1 + n % 1000 FROM generate_series(1, \(count)) AS n;
    INSERT INTO segments (name, public_name, alias, date_added)
      SELECT s, s, s, '2024-01-01Z' FROM
        (SELECT 'segment-' || n FROM generate_series(1, 1000) AS n) AS names (s);
    INSERT INTO segment_members (contact_id, segment_id, date_added)
      SELECT n, 1 + n % 1000, '2024-01-01Z' FROM generate_series(1, \(count)) AS n;

    """
  }
}

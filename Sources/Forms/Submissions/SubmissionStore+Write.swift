import Fields
import Foundation
import JobQueue
import Postgres

/// A submission that is to be stored.
struct NewSubmission: Sendable {
  var form: Int64
  /// The version of the form by which it was checked.
  var formVersion: Int64
  /// The version of the definitions of fields by which it was checked.
  var fieldsVersion: Int64
  var contact: Int64
  /// The token of the submission, if it has one.
  var token: String?
  var date: Date
  /// The address from which it came.
  var address: String?
  /// The tracked device.
  var trackingID: String?
  /// The address of the page that showed the form.
  var referer: String
  /// The values by alias.
  var results: [String: String]
  /// The ids of its files by alias.
  var files: [String: Int64] = [:]
  var origin: SubmissionOrigin
}

extension SubmissionStore {
  /// Stores a submission whose address is recorded.
  ///
  /// - Returns: Its id; nil if one with its token is stored already, or the form or the definitions of fields are not
  ///   those by which it was checked.
  /// - Throws: `PostgresError`.
  static func insert(_ new: NewSubmission, in transaction: Transaction) async throws -> Int64? {
    try await transaction.query(
      """
      INSERT INTO form_submissions (form_id, contact_id, token, date_submitted, ip_id, tracking_id,
        referer, results, files, origin)
      -- The form's row is held: its deletion waits, and finds this row afterwards.
      SELECT f.id, \(new.contact), \(new.token)::text, \(new.date),
        (SELECT i.id FROM ip_addresses i WHERE i.address = \(new.address)::text::inet),
        \(new.trackingID)::text, \(new.referer), \(try JSON(new.results)),
        \(new.files.isEmpty ? nil : try JSON(new.files))::jsonb, \(try JSON(new.origin))
      FROM forms f WHERE f.id = \(new.form) AND f.version = \(new.formVersion)
        AND \(sql: FieldStore.version) = \(new.fieldsVersion)
      FOR KEY SHARE OF f
      ON CONFLICT (form_id, token) WHERE token IS NOT NULL DO NOTHING RETURNING id
      """
    ).first?.decode(at: 0)
  }

  /// The token of a form's submission.
  struct Token: Hashable {
    var form: Int64
    var token: String

    init(_ form: Int64, _ token: String) {
      self.form = form
      self.token = token
    }
  }

  /// Returns the statements that prepare the storing of submissions; ``Claims`` reads their rows. The forms are held:
  /// their deletion waits, and finds the submissions afterwards.
  static func claims(_ new: [NewSubmission]) -> [SQL] {
    let tokens = new.filter { $0.token != nil }
    return [
      """
      SELECT id, version FROM forms WHERE id = ANY (\(Set(new.map(\.form)).sorted()))
      ORDER BY id FOR KEY SHARE
      """,
      """
      SELECT s.form_id, s.token
      FROM unnest(\(tokens.map(\.form))::bigint[], \(tokens.compactMap(\.token))::text[])
        AS n (form, token)
      JOIN form_submissions s ON s.form_id = n.form AND s.token = n.token
      """,
      "SELECT nextval('form_submissions_id_seq') FROM generate_series(1, \(new.count))",
    ]
  }

  /// What the statements of ``claims(_:)`` found.
  struct Claims {
    /// The versions of forms by id.
    var versions: [Int64: Int64] = [:]
    /// The tokens that were used already.
    var tokens: Set<Token> = []
    /// An id for each submission.
    var ids: [Int64]

    init(_ answers: [PostgresRows]) throws {
      for row in answers[0] {
        versions[try row.decode(at: 0)] = try row.decode(at: 1, as: Int64.self)
      }
      for row in answers[1] { tokens.insert(.init(try row.decode(at: 0), try row.decode(at: 1))) }
      ids = try answers[2].map { try $0.decode(at: 0) }
    }
  }

  /// Returns the statement that stores submissions whose addresses are recorded. It returns the id of each that was
  /// stored; one with a token that was used at this moment is not.
  static func insertion(_ all: [(id: Int64, new: NewSubmission)]) throws -> SQL {
    let new = all.map(\.new)
    let results = try new.map {
      String(decoding: try JSONEncoder().encode($0.results), as: UTF8.self)
    }
    let origins = try new.map {
      String(decoding: try JSONEncoder().encode($0.origin), as: UTF8.self)
    }
    return """
      INSERT INTO form_submissions (id, form_id, contact_id, token, date_submitted, ip_id,
        tracking_id, referer, results, origin)
      SELECT n.id, n.form, n.contact, n.token, n.at, i.id, n.tracking, n.referer, n.results::jsonb,
        n.origin::jsonb
      FROM unnest(\(all.map(\.id))::bigint[], \(new.map(\.form))::bigint[],
        \(new.map(\.contact))::bigint[], \(new.map(\.token))::text[],
        \(new.map(\.date))::timestamptz[], \(new.map(\.address))::text[],
        \(new.map(\.trackingID))::text[], \(new.map(\.referer))::text[], \(results)::text[],
        \(origins)::text[])
        AS n (id, form, contact, token, at, address, tracking, referer, results, origin)
      LEFT JOIN ip_addresses i ON i.address = n.address::inet
      ON CONFLICT (form_id, token) WHERE token IS NOT NULL DO NOTHING RETURNING id
      """
  }

  /// Returns the submission that was stored with a token, or nil.
  static func stored(
    _ token: String?, of form: Int64, in pool: PostgresPool
  ) async throws -> FormSubmission? {
    guard let token else { return nil }
    return try await pool.query(
      """
      SELECT \(sql: columns) FROM form_submissions WHERE form_id = \(form) AND token = \(token)
      """
    ).first.map(FormSubmission.init)
  }

  /// Returns a submission with its form and what else actions need; nil if one of them is gone.
  static func subject(
    _ id: Int64, on connection: PostgresConnection
  ) async throws -> SubmissionSubject? {
    let rows = try await connection.query(
      "SELECT \(sql: columns), ip_id, origin FROM form_submissions WHERE id = \(id)")
    guard let row = rows.first else { return nil }
    let submission = try FormSubmission(row)
    guard let form = try await FormStore.form(submission.form, on: connection) else { return nil }
    let origin: JSON = try row.decode("origin")
    return SubmissionSubject(
      submission: submission, form: form, ipID: try row.decode("ip_id"),
      origin: try origin.decode())
  }

  /// Returns the form and the contact of a submission; nil if it is gone.
  static func origin(
    of id: Int64, in pool: PostgresPool
  ) async throws -> (form: Int64, contact: Int64)? {
    try await pool.query("SELECT form_id, contact_id FROM form_submissions WHERE id = \(id)")
      .first.map { (try $0.decode(at: 0), try $0.decode(at: 1)) }
  }

  /// Notes the confirmation of a submission, once.
  ///
  /// - Returns: Whether it was not confirmed before.
  static func confirm(
    _ id: Int64, _ proof: some Encodable, in transaction: Transaction
  ) async throws -> Bool {
    try await !transaction.query(
      """
      UPDATE form_submissions SET date_confirmed = \(transaction.now),
        confirmation = \(try JSON(proof))
      WHERE id = \(id) AND date_confirmed IS NULL RETURNING id
      """
    ).isEmpty
  }

  /// Returns the number of submissions of a form by a contact, and the aliases of which they have values.
  static func answers(
    of contact: Int64, to form: Int64, in pool: PostgresPool
  ) async throws -> (count: Int, aliases: Set<String>) {
    let rows = try await pool.query(
      """
      SELECT count(*) OVER (), results FROM form_submissions
      WHERE contact_id = \(contact) AND form_id = \(form) ORDER BY id DESC LIMIT 100
      """)
    var aliases: Set<String> = []
    for row in rows {
      let json: JSON = try row.decode(at: 1)
      aliases.formUnion(try json.decode([String: String].self).keys)
    }
    return (try rows.first?.decode(at: 0) ?? 0, aliases)
  }

  /// Returns the primary company of a contact, if it has one.
  static func primaryCompany(
    of contact: Int64, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      "SELECT company_id FROM contact_companies WHERE contact_id = \(contact) AND is_primary"
    ).map { try $0.decode(at: 0) }
  }
}

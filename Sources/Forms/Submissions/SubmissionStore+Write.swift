import Foundation
import JobQueue
import Postgres

/// A submission that is to be stored.
struct NewSubmission: Sendable {
  var form: Int64
  var contact: Int64
  /// The token of the submission, if it has one.
  var token: String?
  var date: Date
  /// The id of the address from which it came.
  var ipID: Int64?
  /// The tracked device.
  var trackingID: String?
  /// The address of the page that showed the form.
  var referer: String
  /// The values by alias.
  var results: [String: String]
  var origin: SubmissionOrigin
}

extension SubmissionStore {
  /// Stores a submission.
  ///
  /// - Returns: Its id; nil if one with its token is stored already, or the form is gone.
  /// - Throws: `PostgresError`.
  static func insert(_ new: NewSubmission, in transaction: Transaction) async throws -> Int64? {
    try await transaction.query(
      """
      INSERT INTO form_submissions (form_id, contact_id, token, date_submitted, ip_id, tracking_id,
        referer, results, origin)
      -- The form's row is held: its deletion waits, and finds this row afterwards.
      SELECT id, \(new.contact), \(new.token)::text, \(new.date), \(new.ipID)::bigint,
        \(new.trackingID)::text, \(new.referer), \(try JSON(new.results)), \(try JSON(new.origin))
      FROM forms WHERE id = \(new.form) FOR KEY SHARE
      ON CONFLICT (form_id, token) WHERE token IS NOT NULL DO NOTHING RETURNING id
      """
    ).first?.decode(at: 0)
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

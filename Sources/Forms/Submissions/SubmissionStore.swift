import Foundation
import JobQueue
package import Postgres
import Primitives

/// Reads submissions of forms (api.md 8.13).
package struct SubmissionStore: Sendable {
  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns a page of the submissions of a form and their total number.
  ///
  /// - Parameters:
  ///   - form: The form's id.
  ///   - start: The number of submissions to skip.
  ///   - limit: The maximum number of submissions to return.
  ///   - condition: A condition on the table `form_submissions`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    of form: Int64, start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY id"
  ) async throws -> (submissions: [FormSubmission], total: Int) {
    try await pool.page(
      Self.columns, from: "form_submissions",
      where: "form_submissions.form_id = \(form) AND (\(sql: condition))", order: order,
      start: start, limit: limit
    ) { rows, _ in try rows.map(FormSubmission.init) }
  }

  /// Returns the submissions of a form after an id, by id.
  ///
  /// - Parameters:
  ///   - form: The form's id.
  ///   - last: The id after which they begin.
  ///   - limit: The maximum number of submissions to return.
  ///   - condition: A condition on the table `form_submissions`.
  package func rows(
    of form: Int64, after last: Int64, limit: Int, where condition: SQL
  ) async throws -> [FormSubmission] {
    try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM form_submissions
      WHERE form_id = \(form) AND id > \(last) AND (\(sql: condition)) ORDER BY id LIMIT \(limit)
      """
    ).map(FormSubmission.init)
  }

  /// Returns a submission of a form, or `nil`.
  package func submission(_ id: Int64, of form: Int64) async throws -> FormSubmission? {
    try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM form_submissions WHERE id = \(id) AND form_id = \(form)
      """
    ).first.map(FormSubmission.init)
  }

  /// Returns submissions with these ids, and their forms by id; those whose form is gone are left out.
  package static func submissions(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> (submissions: [FormSubmission], forms: [Int64: Form]) {
    let found = try await connection.query(
      "SELECT \(sql: columns) FROM form_submissions WHERE id = ANY (\(ids)) ORDER BY id"
    ).map(FormSubmission.init)
    let forms = try await FormStore.forms(Set(found.map(\.form)).sorted(), on: connection)
    return (found.filter { forms[$0.form] != nil }, forms)
  }

  static let columns: SQL = """
    id, form_id, contact_id, date_submitted, page_id, tracking_id, referer, results, files,
      origin ->> 'consent' AS consent, date_confirmed,
      (SELECT host(address) FROM ip_addresses WHERE id = ip_id) AS address
    """

  /// Removes some submissions of a form that is deleted.
  ///
  /// - Returns: Whether there may be more.
  static func remove(
    of form: Int64, limit: Int, on connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query(
      """
      DELETE FROM form_submissions WHERE id IN (SELECT id FROM form_submissions
        WHERE form_id = \(form) ORDER BY id LIMIT \(limit)) RETURNING id
      """)
    return rows.count == limit
  }
}

extension FormSubmission {
  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    form = try row.decode("form_id")
    contact = try row.decode("contact_id")
    date = try row.decode("date_submitted")
    address = try row.decode("address")
    page = try row.decode("page_id")
    trackingID = try row.decode("tracking_id")
    referer = try row.decode("referer")
    let json: JSON = try row.decode("results")
    results = try json.decode()
    let files: JSON? = try row.decode("files")
    self.files = try files?.decode() ?? [:]
    consent = try row.decode("consent")
    confirmedAt = try row.decode("date_confirmed")
  }
}

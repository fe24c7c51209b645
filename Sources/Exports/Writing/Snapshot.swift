import Fields
import Postgres
import Query
import Segments

/// The contacts of an export at one instant, read row by row (EXP-14).
///
/// One transaction sees one state of the database from its first statement to its last: concurrent
/// changes neither repeat a contact nor hide one.
struct Snapshot: Sendable {
  /// The condition on `contacts`.
  var condition: SQL
  /// The `ORDER BY` clause.
  let order: SQL
  let columns: ExportColumns
  let format: ExportFormat
  /// Whether instants in a CSV carry their zone.
  let zoned: Bool
  /// The delimiter of a CSV.
  let delimiter: UInt8

  /// Begins the snapshot and collects the ids of its contacts.
  /// - Returns: The number of contacts.
  func begin(on connection: PostgresConnection) async throws -> Int64 {
    await Self.prepare(connection)
    guard needsList else {
      let rows = try await connection.query(
        "SELECT count(*) AS n FROM contacts WHERE \(sql: condition)")
      return try rows.first?.decode("n") ?? 0
    }
    // COPY takes no parameters, and values never become part of a statement's text: the ids are
    // collected first and kept for the transaction.
    try await connection.query("CREATE TEMPORARY TABLE exported (id bigint) ON COMMIT DROP")
    let rows = try await connection.query(
      "INSERT INTO exported SELECT contacts.id FROM contacts WHERE \(sql: condition)")
    try await connection.query("ANALYZE exported")
    return Int64(rows.affected)
  }

  /// Returns the snapshot without some contacts.
  func without(_ contacts: [Int64]) -> Snapshot {
    guard !contacts.isEmpty else { return self }
    // COPY takes no parameters.
    let list = SQL(unsafeText: contacts.map(String.init).joined(separator: ", "))
    var other = self
    other.condition = "(\(sql: condition)) AND contacts.id NOT IN (\(sql: list))"
    return other
  }

  /// Returns the range of the ids of its contacts, once it has begun; nil without any.
  func ids(on connection: PostgresConnection) async throws -> ClosedRange<Int64>? {
    let source: SQL = needsList ? "exported" : "contacts WHERE \(sql: condition)"
    let rows = try await connection.query("SELECT min(id), max(id) FROM \(sql: source)")
    guard let (least, most) = try rows.first?.decode(Int64?.self, Int64?.self), let least, let most
    else { return nil }
    return least...most
  }

  /// Sets the formats of days and instants in files. A long export is not an error, and JIT
  /// compilation for a single statement would cost more than it saves.
  static func prepare(_ connection: PostgresConnection) async {
    for setting: SQL in [
      "SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'",
      "SET LOCAL statement_timeout = 0", "SET LOCAL jit = off",
    ] { await connection.sendWithNext(setting) }
  }

  private var needsList: Bool { condition.parameterCount > 0 }

  /// Reads the rows in buffers of whole rows, in the requested form.
  ///
  /// - Parameter ids: The range of ids to read; nil for all, in the file's order.
  func read(
    as form: CopyForm, _ ids: ClosedRange<Int64>? = nil, on connection: PostgresConnection,
    _ body: ([UInt8]) async throws -> Void
  ) async throws {
    var source: SQL =
      needsList
      ? "FROM exported JOIN contacts ON contacts.id = exported.id WHERE true"
      : "FROM contacts WHERE (\(sql: condition))"
    if let ids {
      source += SQL(
        unsafeText: " AND contacts.id BETWEEN \(ids.lowerBound) AND \(ids.upperBound)")
    }
    let options: SQL =
      form == .csv
      ? "(FORMAT csv, DELIMITER '\(sql: SQL(unsafeText: String(UnicodeScalar(delimiter))))', ENCODING 'UTF8')"
      : "(FORMAT text, ENCODING 'UTF8')"
    try await connection.copyOut(
      """
      COPY (SELECT \(sql: columns.select(format, zoned: zoned)) \(sql: source) \(sql: ids == nil ? order : ""))
      TO STDOUT \(sql: options)
      """
    ) { piece in
      try await body(piece)
    }
  }
}

extension ExportOptions {
  /// Returns the condition of the options, for a user. Anonymous visitors are left out unless the
  /// search asks for them (EXP-06).
  func condition(
    fields: FieldSet, user: Int64?, commands: [String: SearchCommand]
  ) throws(ExportError) -> SQL {
    var selection = selection
    selection.leavesVisitorsOut = true
    do {
      // User 0 owns nothing: the operator is not a user.
      return try selection.condition(
        fields: fields, user: user ?? 0, commands: commands,
        segments: { SegmentMembership.members(of: $0) })
    } catch {
      throw ExportError(error)
    }
  }

  /// Returns the order of the rows; ties are broken by id, so that two exports of the same state
  /// are the same file.
  func order(fields: FieldSet) throws(ExportError) -> SQL {
    let orders: [QueryOrder]
    do {
      orders = try ListQuery.contacts(fields).orders(
        ListRequest(orderBy: orderBy, direction: orderByDir, user: 0))
    } catch {
      throw ExportError(error)
    }
    // Written explicitly, because the index on ids has no order that puts missing values last.
    if let first = orders.first, first.column.name == "id" {
      return first.isDescending ? "ORDER BY contacts.id DESC" : "ORDER BY contacts.id"
    }
    return QueryOrder.clause(orders, id: "contacts.id")
  }
}

extension ExportError {
  fileprivate init(_ error: QueryError) {
    self.init(.invalid, "\(error)", field: error.parameter)
  }
}

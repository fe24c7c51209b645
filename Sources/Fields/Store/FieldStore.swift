import JobQueue
package import Postgres
import Primitives
import Synchronization

/// The field definitions in the database, cached in memory.
///
/// The cache is used as long as the database confirms that it is current, which takes one tiny
/// query. So a new field is usable by the very next request, in whichever process it arrives
/// (api.md 8.5).
package final class FieldStore: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }
  let uses: [FieldUse]
  private let cache = Mutex<FieldSet?>(nil)

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - pool: The database.
  ///   - uses: The records that keep fields from being deleted (CON-23), from the modules that
  ///     store aliases of fields.
  package init(pool: PostgresPool, uses: [FieldUse] = []) {
    // No process is notified of changes of fields: each use asks the database whether its cache is current.
    transactions = TransactionRunner(pool)
    self.uses = uses
  }

  /// The number that changes with every change of a definition, as an expression.
  package static let version: SQL = "(SELECT version FROM fields_version)"

  /// Reads with the definitions that this process knows, and again with the current ones where those were not: so that
  /// reading costs no statement of its own.
  ///
  /// - Parameter body: Reads, and returns ``version`` as the same statement saw it; nil if what it read does not depend
  ///   on definitions.
  /// - Throws: What `body` throws.
  package func read<R: Sendable>(
    _ body: (FieldSet) async throws -> (result: R, version: Int64?)
  ) async throws -> R {
    var known: FieldSet
    if let cached = cache.withLock({ $0 }) { known = cached } else { known = try await current() }
    while true {
      do {
        let (result, version) = try await body(known)
        if version == nil || version == known.version { return result }
        known = try await current()
      } catch let error as PostgresError where error.sqlState == .undefinedColumn {
        // A field was deleted, and its column with it.
        let now = try await current()
        guard now.version != known.version else { throw error }
        known = now
      }
      try Task.checkCancellation()
    }
  }

  /// Returns the current definitions.
  package func current() async throws -> FieldSet {
    try await pool.withConnection { try await current(on: $0) }
  }

  /// Returns the current definitions as a connection, perhaps within a transaction, sees them.
  package func current(on connection: PostgresConnection) async throws -> FieldSet {
    let version: Int64? = try await connection.query("SELECT version FROM fields_version")
      .first?.decode(at: 0)
    if let cached = cache.withLock({ $0 }), cached.version == version { return cached }
    let loaded = try await Self.load(on: connection)
    cache.withLock { if ($0?.version ?? 0) < loaded.version { $0 = loaded } }
    return loaded
  }

  /// Reads version and definitions in one statement, so that they are consistent.
  private static func load(on connection: PostgresConnection) async throws -> FieldSet {
    let rows = try await connection.query(
      """
      SELECT v.version, f.id, f.object, f.alias, f.label, f.type, f.column_type, f."group",
        f.position, f.default_value, f.is_required, f.is_visible, f.is_short_visible,
        f.is_listable, f.is_publicly_updatable, f.is_unique_identifier, f.is_index,
        f.char_length_limit, f.properties, f.is_published, f.is_fixed, f.date_added,
        f.date_modified, f.created_by, f.created_by_user, f.modified_by, f.modified_by_user
      FROM fields_version v LEFT JOIN fields f ON true
      ORDER BY f.object = 'company', f.position, f.id
      """)
    let version: Int64 = try rows.first?.decode("version") ?? 0
    let fields = try rows.compactMap { row in try row.isNull("id") ? nil : try field(row) }
    return FieldSet(version: version, fields: fields)
  }

  private static func field(_ row: PostgresRow) throws -> Field? {
    // A type or group of a newer version of this program is skipped.
    guard let object = FieldObject(rawValue: try row.decode("object")),
      let type = FieldType(rawValue: try row.decode("type")),
      let group = FieldGroup(rawValue: try row.decode("group"))
    else { return nil }
    let properties: JSON = try row.decode("properties")
    return Field(
      id: try row.decode("id"), object: object, alias: try row.decode("alias"),
      label: try row.decode("label"), type: type, columnType: try row.decode("column_type"),
      group: group, position: try row.decode("position"),
      defaultValue: try row.decode("default_value"), isRequired: try row.decode("is_required"),
      isVisible: try row.decode("is_visible"),
      isShortVisible: try row.decode("is_short_visible"),
      isListable: try row.decode("is_listable"),
      isPubliclyUpdatable: try row.decode("is_publicly_updatable"),
      isUniqueIdentifier: try row.decode("is_unique_identifier"),
      isIndex: try row.decode("is_index"), characterLimit: try row.decode("char_length_limit"),
      properties: try properties.decode(JSONValue.self),
      isPublished: try row.decode("is_published"), isFixed: try row.decode("is_fixed"),
      dateAdded: try row.decode("date_added"), dateModified: try row.decode("date_modified"),
      createdBy: try row.decode("created_by"),
      createdByUser: try row.decode("created_by_user"),
      modifiedBy: try row.decode("modified_by"),
      modifiedByUser: try row.decode("modified_by_user"))
  }
}

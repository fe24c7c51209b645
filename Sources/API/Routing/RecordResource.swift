import Contacts
import JobQueue
import Query

/// The resource of a ``RecordStore``: a conforming type says how a body becomes an input, and a record JSON; lists and writes
/// go to the store, each write by the user of the request.
protocol RecordResource: StandardResource where Entity == Records.Record {
  associatedtype Records: RecordStore

  var store: Records { get }
  /// What lists may be searched for and ordered by.
  var query: ListQuery { get }
  var clock: WallClock { get }
  /// The maximum number of records in a page of a list.
  var pageCap: Int { get }

  /// Reads the members of a body; those that are not given stay nil.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  static func input(_ body: JSONValue) throws(APIError) -> Records.Input
}

extension RecordResource {
  func list(_ request: APIRequest) async throws -> (entities: [Entity], total: Int) {
    let page = try await request.page(of: query, cap: pageCap) { paging, condition, order in
      try await store.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.records, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Entity? {
    try await store.find(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Entity, isNew: Bool) {
    let record = try await store.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (record, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entity? {
    try await store.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entity? {
    try await store.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of record: Entity) -> Int64 { record.id }

  var columns: [String] { query.columns.map(\.name) }

  func readBody(_ body: JSONValue) throws { _ = try Self.input(body) }
}

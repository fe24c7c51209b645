import Contacts
import Postgres
import Query

/// A record that belongs to a contact, with that contact as the record shows it.
struct ContactRecord<Record: Sendable>: Sendable {
  var record: Record
  var lead: JSONValue
}

/// A resource of records that belong to one contact each: notes and devices.
protocol ContactRecordResource: StandardResource where Entity == ContactRecord<Record> {
  associatedtype Record: Sendable

  var contacts: ContactStore { get }
  var pageCap: Int { get }
  /// The records' table.
  static var table: String { get }
  /// Columns that records are searched and ordered by.
  static var query: ListQuery { get }

  /// A page of the records that meet a condition, and their total number.
  func page(
    where condition: SQL, order: SQL, start: Int, limit: Int
  ) async throws -> (records: [Record], total: Int)
  /// A record, or nil.
  func record(_ id: Int64) async throws -> Record?
  /// The id of the contact that a record belongs to.
  func contactID(of record: Record) -> Int64
}

extension ContactRecordResource {
  func list(_ request: APIRequest) async throws -> (entities: [Entity], total: Int) {
    let order = try Self.query.order(try request.list)
    return try await page(request, where: "true", order: order)
  }

  /// The records of one contact, newest first unless the request orders them (API page, 8.2).
  func list(
    of contact: Int64, _ request: APIRequest
  ) async throws -> (entities: [Entity], total: Int) {
    var query = Self.query
    query.defaultOrder = [
      QueryOrder(QueryColumn("date_added", .instant, of: Self.table), isDescending: true)
    ]
    query.newestFirst = true
    return try await page(
      request, where: "\(identifier: Self.table).contact_id = \(contact)",
      order: try query.order(try request.list))
  }

  private func page(
    _ request: APIRequest, where condition: SQL, order: SQL
  ) async throws -> (entities: [Entity], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try Self.query.condition(try request.list)
    let page = try await page(
      where: "\(sql: condition) AND (\(sql: wanted))", order: order, start: paging.start,
      limit: paging.limit)
    return (try await entities(page.records), page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Entity? {
    guard let record = try await record(id) else { return nil }
    return try await withContact(record)
  }

  /// A record with its contact.
  func withContact(_ record: Record) async throws -> Entity {
    let contact = contactID(of: record)
    let leads = try await RecordLead.json(of: [contact], contacts)
    return ContactRecord(record: record, lead: leads[contact] ?? .null)
  }

  private func entities(_ records: [Record]) async throws -> [Entity] {
    let leads = try await RecordLead.json(of: records.map { contactID(of: $0) }, contacts)
    return records.map { ContactRecord(record: $0, lead: leads[contactID(of: $0)] ?? .null) }
  }
}

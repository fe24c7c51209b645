import Contacts
import Foundation
import JobQueue
import Postgres
import Query
import Users

/// `/api/notes` (API page, 8.8).
struct NoteResource: ContactRecordResource {
  let notes: NoteStore
  let contacts: ContactStore
  let clock: WallClock
  let pageCap: Int

  static let table = "notes"

  let path = "/api/notes"
  let areas = [PermissionArea.contacts]
  let record: OwnedRecord? = .note
  let changing: PermissionAction? = .edit
  let publishes = false
  let names = (one: "note", many: "notes")
  let shape = ListShape.array
  let minimalMembers: Set<String>? = ["id", "text", "type", "dateTime"]

  var required: [String] { ["lead", "text"] }
  var example: JSONObject? { ["lead": 1, "text": "Asked for an offer", "type": "general"] }
  var entitySchema: Schema { "id:id text:text type:text dateTime:date? lead:any" }
  func readBody(_ body: JSONValue) throws { _ = try draft(body) }

  /// Columns that notes are searched and ordered by: `type:`, `ids:`, and words of the text (CON-58).
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "notes"), QueryColumn("text", .text, of: "notes"),
      QueryColumn("type", .text, of: "notes"), QueryColumn("date_time", .instant, of: "notes"),
      QueryColumn("contact_id", .integer, of: "notes", otherNames: ["lead", "lead_id"]),
      QueryColumn("date_added", .instant, of: "notes"),
      QueryColumn("date_modified", .instant, of: "notes"),
      QueryColumn("created_by", .integer, of: "notes"),
    ], mainColumns: ["text"],
    commands: ["type": ListQuery.find(QueryColumn("type", .text, of: "notes"), at: .whole)],
    own: ListQuery.ofOwnContacts("notes.contact_id"))

  func page(
    where condition: SQL, order: SQL, start: Int, limit: Int
  ) async throws -> (records: [Note], total: Int) {
    let page = try await notes.page(where: condition, order: order, start: start, limit: limit)
    return (page.notes, page.total)
  }

  func record(_ id: Int64) async throws -> Note? { try await notes.note(id) }

  func contactID(of note: Note) -> Int64 { note.contactID }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Entity, isNew: Bool) {
    let draft = try draft(body)
    if let contact = draft.contactID { try await request.require(.contact, .edit, contact) }
    let note = try await notes.create(
      draft, by: try request.requiredUser.author, now: clock.now)
    return (try await withContact(note), true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entity? {
    let note = try await notes.update(
      id, try draft(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
    guard let note else { return nil }
    return try await withContact(note)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entity? {
    guard
      let note = try await notes.delete(id, by: try request.requiredUser.author, now: clock.now)
    else { return nil }
    return try await withContact(note)
  }

  func id(of entry: Entity) -> Int64 { entry.record.id }

  func json(_ entry: Entity, _ request: APIRequest) -> JSONValue {
    [
      "id": .int(Int(entry.record.id)), "text": .string(entry.record.text),
      "type": .string(entry.record.type.rawValue), "dateTime": JSONValue(entry.record.dateTime),
      "lead": entry.lead,
    ]
  }

  private func draft(_ body: JSONValue) throws -> NoteDraft {
    NoteDraft(
      contactID: try RecordLead.id(in: body, "lead", "contact"), text: body["text"]?.text,
      type: body["type"]?.text, dateTime: try body.instant("dateTime"))
  }
}

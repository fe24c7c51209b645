import Foundation
import Imports
import Postgres
import TestSupport
import Testing

@testable import Segments

extension ModelCheck {
  /// Imports a random file: some rows match existing contacts, others create new ones. The result is read
  /// back, as the import itself is not under test here.
  mutating func importFile(_ imports: ImportService) async throws {
    var columns = ["id"] + generator.some(Self.targets, oneIn: 2)
    let hasCompany = columns.contains { ["companycity", "k_number", "k_text"].contains($0) }
    if hasCompany, !columns.contains("companyname") { columns.append("companyname") }
    var lines = [columns.joined(separator: ",")]
    for _ in 0...(generator.next() % 30) {
      var cells: [String] = []
      for column in columns { cells.append(cell(column)) }
      lines.append(cells.map(Self.quoted).joined(separator: ","))
    }
    var defaults = ImportDefaults(skipIfExists: generator.once(in: 4))
    if generator.once(in: 2) { defaults.tags = ["tag 1", "-tag 2"] }
    if generator.once(in: 3) { defaults.list = generator.pick(world.segments.keys.sorted()) }
    let options = ImportOptions(
      fields: Dictionary(columns.map { ($0, $0) }) { first, _ in first }, defaults: defaults,
      parser: .init(delimiter: ",", enclosure: "\"", escape: ""), allowDuplicates: true)
    diary.append("import \(defaults)\n\(lines.joined(separator: "\n"))")
    var rest: [UInt8]? = Array((lines.joined(separator: "\n") + "\n").utf8)
    let item = try await imports.upload(options, by: ImportActor(id: nil, name: "Tester")) {
      defer { rest = nil }
      return rest
    }
    let isDone = try await eventually(within: .seconds(60)) {
      try await imports.store.get(item.id).status.hasEnded
    }
    let ended = try await imports.store.get(item.id)
    #expect(isDone && ended.status == .imported, "\(String(describing: ended.error))")
    imported += ended.insertedCount + ended.updatedCount
    world.contacts = try await ModelReader.contacts(world.fields, pool: bed.pool)
    try await readExplicit()
  }

  /// Reads the manual changes that an import makes to its segment.
  private mutating func readExplicit() async throws {
    members = ModelMembers()
    let rows = try await bed.pool.query(
      """
      SELECT segment_id, contact_id, manually_removed FROM segment_members
      WHERE manually_added OR manually_removed
      """)
    for row in rows {
      let (segment, contact, isBarred) = try row.decode(Int64.self, Int64.self, Bool.self)
      members.add(contact, to: segment)
      if isBarred { members.remove(contact, from: segment) }
    }
  }

  private static let targets = [
    "firstname", "email", "c_text", "c_select", "c_number", "c_boolean", "c_date", "c_datetime",
    "c_multiselect", "c_region", "points", "tags", "doNotEmail", "companyname", "companycity",
    "k_number", "k_text", "stage", "dateAdded", "lastActive", "country",
  ]

  private mutating func cell(_ column: String) -> String {
    if column != "id", generator.once(in: 4) { return generator.once(in: 3) ? "NULL" : "" }
    switch column {
    case "id":
      guard !world.contacts.isEmpty, !generator.once(in: 3) else { return "" }
      return "\(generator.pick(world.contacts).id)"
    case "email":
      return generator.pick(["a", "b", "C"]) + generator.pick(["@b.example", "@foo.test"])
    case "c_number", "k_number", "points":
      return generator.pick(["0", "1", "-1", "9", "12.5", "20", "-3", "x"])
    case "c_boolean", "doNotEmail": return generator.pick(["1", "no", "true", "maybe"])
    case "c_date", "c_datetime", "dateAdded", "lastActive":
      let day = generator.pick([
        "2026-11-20", "2026-11-21", "2026-11-22", "2025-11-21", "2020-02-29",
      ])
      return day + (column == "c_date" ? "" : generator.pick(["", " 00:00:00", " 23:59:59"]))
    case "c_multiselect": return generator.some(RandomContacts.options).joined(separator: "|")
    case "c_select": return generator.pick(RandomContacts.options)
    case "tags": return generator.pick(["tag 1|tag 3", "-tag 1", "tag 4|-tag 3", "new"])
    case "companyname": return generator.pick(["Acme", "Globex", "acme"])
    case "stage": return generator.pick(["stage 1", "stage 2"])
    case "country": return generator.pick(["Germany", "france", "nowhere"])
    default: return generator.pick(RandomContacts.texts)
    }
  }

  private static func quoted(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) }
      ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}

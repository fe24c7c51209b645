import Foundation
import Primitives
import Sample

/// Creates the records of the example, but for those that are there already.
struct SampleMaker {
  let api: SampleAPI
  /// The day that counts as today, whatever the test clock says.
  let today: Date
  /// The ids of records by kind and name, such as `segments/Engaged`.
  private(set) var ids: [String: Int] = [:]
  /// How many were created.
  private(set) var created = 0

  init(_ api: SampleAPI, today: Date) {
    self.api = api
    self.today = today
  }

  private struct Entry: Decodable {
    let kind: String
    let body: JSONValue
    let child: String?
    let upload: Upload?
  }

  private struct Upload: Decodable {
    let name: String
    let title: String
  }

  /// Creates what is missing.
  mutating func make() async throws {
    let entries = try JSONDecoder().decode([Entry].self, from: Data(SampleRecords.json))
    var kinds: [String] = []
    var made: [String] = []
    for entry in entries {
      if !kinds.contains(entry.kind) {
        kinds.append(entry.kind)
        try await look(for: entry.kind)
      }
      guard let name = entry.body[Self.nameMember(entry.kind)]?.text else { continue }
      let key = "\(entry.kind)/\(name)"
      if ids[key] != nil { continue }
      // Lists leave versions out: they are there where what they are a version of was there.
      if let parent = entry.child, !made.contains(parent) { continue }
      var body = try filled(entry.body)
      if entry.kind == "users" { body = body.with("plainPassword", .string(Self.password())) }
      if let upload = entry.upload {
        let stored = try await api.upload(
          "files/media/new", name: upload.name, type: "application/pdf",
          SampleDocument.pdf(upload.title))
        body = body.with("file", stored["file"]?["name"] ?? .null)
      }
      let answer = try await api.call("POST", "\(entry.kind)/new", body)
      guard let id = answer.elements.compactMap({ $0["id"]?.int }).first else {
        throw CommandFailure("the API made \(key) without an id")
      }
      ids[key] = id
      made.append(key)
      created += 1
    }
  }

  /// The id of a record of the example.
  /// - Throws: `CommandFailure` where there is none.
  func id(_ key: String) throws -> Int {
    guard let id = ids[key] else { throw CommandFailure("the sample has no \(key)") }
    return id
  }

  /// Notes the records of a kind that are there.
  private mutating func look(for kind: String) async throws {
    var start = 0
    while true {
      let answer = try await api.call("GET", "\(kind)?limit=500&start=\(start)")
      guard case .object(let members) = answer else { return }
      let page = members.filter { $0.key != "total" }.values.flatMap(\.elements)
      for record in page {
        let name =
          record[Self.nameMember(kind)]?.text
          ?? record["fields"]?["all"]?[Self.nameMember(kind)]?.text
        if let name, let id = record["id"]?.int {
          // Of several with one name the first counts, whatever their order.
          ids["\(kind)/\(name)"] = min(id, ids["\(kind)/\(name)"] ?? id)
        }
      }
      start += page.count
      guard page.count == 500 else { return }
    }
  }

  private static func nameMember(_ kind: String) -> String {
    switch kind {
    case "users": "username"
    case "categories", "assets", "pages": "title"
    case "tags": "tag"
    case "fields/contact": "label"
    case "companies": "companyname"
    default: "name"
    }
  }

  /// Nobody knows the passwords of the sample's users: an administrator gives them others.
  private static func password() -> String { "sample-\(UUID().uuidString)" }

  /// A body with ids, dates and letters in their places.
  private func filled(_ value: JSONValue) throws -> JSONValue {
    switch value {
    case .string(let text): return try filled(text)
    case .array(let elements): return .array(try elements.map(filled))
    case .object(let members):
      if let letter = members["letter"] {
        return .string(try Self.letter(letter, members["links"]?.elements ?? [], filled: text))
      }
      return .object(try members.mapValues(filled))
    default: return value
    }
  }

  private func filled(_ text: String) throws -> JSONValue {
    if text.hasPrefix("[["), text.hasSuffix("]]"), text.dropFirst(2).firstRange(of: "[[") == nil {
      let name = String(text.dropFirst(2).dropLast(2))
      if name.hasPrefix("day:"), let days = Int(name.dropFirst(4)) {
        let date = today.addingTimeInterval(Double(days) * 86_400)
        return .string(String(ISO8601DateFormatter().string(from: date).prefix(10)) + " 12:00:00")
      }
      return .integer(Int64(try id(name)))
    }
    return .string(try self.text(text))
  }

  /// A text in which `[[KIND/NAME]]` became the id.
  private func text(_ text: String) throws -> String {
    var output = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "[["), let end = rest.firstRange(of: "]]") {
      output += rest[..<start.lowerBound]
      output += "\(try id(String(rest[start.upperBound..<end.lowerBound])))"
      rest = rest[end.upperBound...]
    }
    return output + rest
  }

  private static func letter(
    _ letter: JSONValue, _ links: [JSONValue], filled: (String) throws -> String
  ) throws -> String {
    let texts = letter.elements.compactMap(\.text)
    var html =
      "<!doctype html><html><body style=\"margin:0;background:#f6f2ec;font-family:Georgia,serif\">"
      + "<table role=\"presentation\" width=\"100%\"><tr><td align=\"center\">"
      + "<table role=\"presentation\" width=\"560\" style=\"background:#ffffff;padding:32px\"><tr><td>"
      + "<p style=\"color:#8a5a2b;letter-spacing:2px\">HEARTH &amp; BEAN</p>"
      + "<h1 style=\"color:#2b2119\">\(texts.first ?? "")</h1>"
    for paragraph in texts.dropFirst() {
      html += "<p style=\"color:#3d332b;line-height:1.6\">\(paragraph)</p>"
    }
    for link in links {
      let pair = link.elements.compactMap(\.text)
      guard pair.count == 2 else { continue }
      html += "<p><a href=\"\(try filled(pair[1]))\" style=\"color:#2f6f4f\">\(pair[0])</a></p>"
    }
    return html
      + "<p style=\"color:#8c8177;font-size:12px\">{unsubscribe_text}</p>"
      + "</td></tr></table></td></tr></table></body></html>"
  }
}

extension JSONValue {
  /// The object with a member set.
  fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
    guard case .object(var members) = self else { return self }
    members[name] = value
    return .object(members)
  }
}

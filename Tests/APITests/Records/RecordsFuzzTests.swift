import TestSupport
import Testing

@testable import API

/// Whatever is sent, the answer is one of the contract's: never an unexpected error.
@Suite struct RecordsFuzzTests {
  private static let resources: [(path: String, members: [String])] = [
    ("/api/tags", ["tag", "description"]),
    (
      "/api/stages",
      ["name", "weight", "description", "category", "publishUp", "publishDown", "isPublished"]
    ),
    (
      "/api/points",
      [
        "name", "type", "delta", "properties", "repeatable", "category", "group", "publishUp",
        "isPublished",
      ]
    ),
    (
      "/api/points/triggers",
      [
        "name", "points", "color", "events", "triggerExistingLeads", "category", "group",
        "publishDown",
      ]
    ),
    ("/api/points/groups", ["name", "description", "isPublished"]),
    ("/api/categories", ["title", "alias", "bundle", "color", "description", "isPublished"]),
    (
      "/api/companies",
      [
        "companyname", "companyemail", "companynumber_of_employees", "companyindustry", "owner",
        "score", "force", "overwriteWithBlank", "companywebsite", "isPublished",
      ]
    ),
    (
      "/api/fields/contact",
      [
        "label", "alias", "type", "group", "order", "defaultValue", "properties", "isListable",
        "charLengthLimit", "isUniqueIdentifier",
      ]
    ),
  ]

  private static let values: [JSONValue] = [
    nil, "", " ", "x", "\u{0}", "<b>x</b>", "ünïcode ✓", "0", "-1", "1e400", "99999999999999999999",
    0, -5, 2_147_483_648, 1.5, true, false, [], ["a"], ["id": 1], ["id": ["id": 2]],
    ["list": "a|b"], ["list": [["value": "v"], 3, nil]], "2024-02-30", "2024-01-01T00:00:00Z",
    "'; DROP TABLE contacts; --", "a%_\\", "text", "select", "boolean", "core",
    "page.hit", "url.hit", "lead.changetags",
    ["pages": "x", "page_url": ["a"], "page_hits": "\u{0}"],
    [["type": "lead.changelists", "properties": ["addToLists": [1, "x"]]]],
    [["type": "webhook", "order": 1e300], 3, nil], ["0": ["id": 1, "type": "email.send"]],
    .string(String(repeating: "x", count: 70_000)),
  ]

  @Test("Random members of records are taken or refused by name")
  func survivesNonsense() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    try await APIBed.with { (bed) async throws in
      var random = SeededGenerator(seed: seed)
      for round in 0..<240 {
        let (path, members) = Self.resources[round % Self.resources.count]
        var body = JSONObject()
        for member in members where Int.random(in: 0..<3, using: &random) > 0 {
          body.append(member, Self.values.randomElement(using: &random) ?? .null)
        }
        let text = String(decoding: JSONValue.object(body).rendered, as: UTF8.self)
        let id = Int.random(in: 1...3, using: &random)
        let response =
          switch Int.random(in: 0..<3, using: &random) {
          case 0: try await bed.send("PATCH", "\(path)/\(id)/edit", text)
          case 1: try await bed.send("PUT", "\(path)/\(id)/edit", text)
          default: try await bed.send("POST", "\(path)/new", text)
          }
        // 500 is the contract's answer to an unknown category alone (API page, section 5).
        let message = response.error["message"]?.text ?? ""
        let isKnown =
          [200, 201, 400, 404].contains(response.status)
          || response.status == 500 && message.hasPrefix("Category ")
        #expect(isKnown, "seed \(seed): \(path) \(text.prefix(500)) → \(response.text.prefix(300))")
      }
    }
  }
}

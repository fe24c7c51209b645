import TestSupport
import Testing

@testable import API

/// A user who may see and change own contacts alone (contacts.md 2.2, "Permissions").
@Suite struct OwnContactsTests {
  private static let own = [
    "lead:leads": ["viewown", "editown", "deleteown", "create"], "lead:export": ["enable"],
    "lead:imports": ["create", "view"], "lead:lists": ["viewown", "create"],
    "campaign:campaigns": ["viewother"], "stage:stages": ["view"],
  ]

  /// A contact of the user "lee", one of somebody else, and one of nobody.
  private struct Three {
    var mine: Int
    var other: Int
    var nobodys: Int
  }

  private func with(
    _ body: @escaping @Sendable (APIBed, Three) async throws -> Void
  ) async throws {
    try await APIBed.with(withWorker: true) { bed in
      let lee = try await bed.user("lee", may: Self.own)
      let three = Three(
        mine: try await bed.contact(#"{"email":"mine@example.com","owner":\#(lee)}"#),
        other: try await bed.contact(#"{"email":"other@example.com","owner":1}"#),
        nobodys: try await bed.contact(#"{"email":"nobodys@example.com"}"#))
      try await body(bed, three)
    }
  }

  @Test func ownOnesAreSeenAndOthersRefused() async throws {
    try await with { (bed, three) async throws in
      for path in ["", "/activity", "/notes", "/devices", "/segments", "/companies", "/campaigns"] {
        #expect(
          try await bed.call(as: "lee", "GET", "/contacts/\(three.mine)\(path)").status == 200)
        for id in [three.other, three.nobodys] {
          #expect(try await bed.call(as: "lee", "GET", "/contacts/\(id)\(path)").status == 403)
        }
      }
      #expect(try await bed.call(as: "lee", "GET", "/contacts/999").status == 404)
      for (method, path, body) in [
        ("PATCH", "/edit", #"{"city":"Rome"}"#), ("POST", "/points/plus/5", "{}"),
        ("POST", "/dnc/email/add", "{}"), ("POST", "/utm/add", #"{"utm_source":"x"}"#),
      ] {
        let own = try await bed.call(as: "lee", method, "/contacts/\(three.mine)\(path)", body)
        #expect(own.status == 200, "\(path)")
        for id in [three.other, three.nobodys] {
          let refused = try await bed.call(as: "lee", method, "/contacts/\(id)\(path)", body)
          #expect(refused.status == 403, "\(path)")
        }
      }
      let path = "/contacts/\(three.mine)/merge/\(three.other)"
      #expect(try await bed.call(as: "lee", "POST", path).status == 403)
      #expect(
        try await bed.call(as: "lee", "DELETE", "/contacts/\(three.other)/delete").status == 403)
      #expect(
        try await bed.call(as: "lee", "DELETE", "/contacts/\(three.mine)/delete").status == 200)
      #expect(try await bed.read(three.other)["fields"]?["all"]?["city"] == .null)
    }
  }

  @Test(
    "CON-114: lists show own ones, whatever is asked",
    arguments: [
      "", "?search=example.com", "?where[0][col]=email&where[0][expr]=isNotEmpty",
      "?search=mine%20or%20other", "?search=!is:anonymous",
      "?where[0][expr]=orX&where[0][val][0][col]=id&where[0][val][0][expr]=gt&where[0][val][0][val]=0",
    ])
  func listsShowOwnOnes(query: String) async throws {
    try await with { (bed, three) async throws in
      let answer = try await bed.call(as: "lee", "GET", "/contacts\(query)").json
      #expect(answer["total"] == "1", "\(query)")
      #expect(answer["contacts"]?[String(three.mine)] != nil)
      #expect(try await bed.call("GET", "/contacts").json["total"] == "3")
    }
  }

  @Test func whatHangsOnContactsFollowsThem() async throws {
    try await with { (bed, three) async throws in
      for id in [three.mine, three.other] {
        #expect(
          try await bed.call("POST", "/notes/new", #"{"lead":\#(id),"text":"Note"}"#).status == 201)
        #expect(
          try await bed.call("POST", "/devices/new", #"{"lead":\#(id),"device":"tv"}"#).status
            == 201)
      }
      for kind in ["notes", "devices"] {
        #expect(try await bed.call(as: "lee", "GET", "/\(kind)").json["total"] == 1)
        let all = try await bed.call("GET", "/\(kind)").json[kind]?.elements ?? []
        #expect(all.count == 2)
        for entry in all {
          let isMine = entry["lead"]?["id"]?.integer == three.mine
          let id = entry["id"]?.integer ?? 0
          #expect(
            try await bed.call(as: "lee", "GET", "/\(kind)/\(id)").status == (isMine ? 200 : 403))
          #expect(
            try await bed.call(as: "lee", "DELETE", "/\(kind)/\(id)/delete").status
              == (isMine ? 200 : 403))
        }
      }
      let refused = try await bed.call(
        as: "lee", "POST", "/notes/new", #"{"lead":\#(three.other),"text":"Note"}"#)
      #expect(refused.status == 403)
      let history = try await bed.call(as: "lee", "GET", "/contacts/activity").json
      let contacts = Set((history["events"]?.elements ?? []).compactMap { $0["contactId"]?.text })
      #expect(contacts == [String(three.mine)])
      _ = try await bed.call("POST", "/contacts/\(three.other)/points/plus/5", "{}")
      let points = try await bed.call(as: "lee", "GET", "/stats/lead_points_change_log").json
      #expect(points["total"] == "0")
      #expect(try await bed.call(as: "lee", "GET", "/stats/ip_addresses").json["total"] == "0")
    }
  }

  @Test("CON-71: a contact found by its address is refused too")
  func aContactFoundByItsAddressIsRefusedToo() async throws {
    try await with { (bed, three) async throws in
      let taken = try await bed.call(
        as: "lee", "POST", "/contacts/new", #"{"email":"OTHER@example.com","city":"Rome"}"#)
      #expect(taken.status == 403)
      let merged = try await bed.call(
        as: "lee", "PATCH", "/contacts/\(three.mine)/edit", #"{"email":"other@example.com"}"#)
      #expect(merged.status == 403)
      #expect(try await bed.read(three.other).field("city") == .null)
      #expect(try await bed.read(three.mine).field("email") == "mine@example.com")
      // What he creates is his.
      let made = try await bed.call(
        as: "lee", "POST", "/contacts/new", #"{"email":"new@example.com"}"#)
      #expect(made.status == 201)
      #expect(made.contact["owner"]?["username"] == "lee")
      let again = try await bed.call(
        as: "lee", "POST", "/contacts/new", #"{"email":"new@example.com","city":"Rome"}"#)
      #expect(again.status == 200)
    }
  }

  @Test func batchesRefuseSingleItems() async throws {
    try await with { (bed, three) async throws in
      let edited = try await bed.call(
        as: "lee", "PATCH", "/contacts/batch/edit",
        #"[{"id":\#(three.mine),"city":"Rome"},{"id":\#(three.other),"city":"Rome"}]"#)
      #expect(edited.json["statusCodes"] == [200, 403])
      let deleted = try await bed.call(
        as: "lee", "DELETE", "/contacts/batch/delete?ids=\(three.mine),\(three.nobodys)")
      #expect(deleted.json["contacts"]?.elements?.count == 1)
      #expect(deleted.json["errors"]?["1"]?["code"] == 403)
      #expect(try await bed.call("GET", "/contacts").json["total"] == "2")
    }
  }

  @Test("CON-91, EXP-06: bulk actions and exports take own ones")
  func bulkActionsAndExportsTakeOwnOnes() async throws {
    try await with { (bed, three) async throws in
      let counted = try await bed.call(
        as: "lee", "POST", "/contacts/bulk",
        #"{"action":"tags","add":["x"],"ids":[\#(three.mine),\#(three.other)],"dryRun":true}"#)
      #expect(counted.json["matched"] == 1)
      let none = try await bed.call(
        as: "lee", "POST", "/exports/new", #"{"ids":[\#(three.other)]}"#)
      #expect(none.status == 400)
      let export = try await bed.call(
        as: "lee", "POST", "/exports/new", #"{"columns":["email"],"search":"example.com"}"#)
      #expect(export.status == 202)
      let id = export.json["export"]?["id"]?.integer ?? 0
      let isReady = try await eventually(within: .seconds(60)) {
        try await bed.call(as: "lee", "GET", "/exports/\(id)").json["export"]?["statusName"]
          == "ready"
      }
      #expect(isReady)
      let file = try await bed.call(as: "lee", "GET", "/exports/\(id)/download").text
      #expect(file.contains("mine@") && !file.contains("other@") && !file.contains("nobodys@"))
      #expect(
        try await bed.call(as: "lee", "GET", "/contacts/\(three.other)/export").status == 403)
    }
  }

  @Test("IMP-15: imports fail rows that match contacts of others")
  func importsFailRowsOfOthersContacts() async throws {
    try await with { (bed, three) async throws in
      let made = try await bed.server.request(
        "POST", "/api/imports/new?mapping[email]=email&mapping[city]=city", as: "lee",
        headers: ["Content-Type: text/csv"],
        body: Array(
          "email,city\nmine@example.com,Rome\nother@example.com,Rome\nnew@example.com,Rome\n".utf8))
      #expect(made.status == 202, "\(made.json)")
      let item = try await bed.end(of: made.json["import"]?["id"]?.integer ?? 0)
      #expect(item["insertedCount"] == 1 && item["updatedCount"] == 1 && item["ignoredCount"] == 1)
      #expect(try await bed.read(three.mine).field("city") == "Rome")
      #expect(try await bed.read(three.other).field("city") == .null)
      #expect(try await bed.call(as: "lee", "GET", "/contacts").json["total"] == "2")
    }
  }

  @Test func segmentsAndCampaignsTakeOwnContactsAlone() async throws {
    try await with { (bed, three) async throws in
      let segment =
        try await bed.call("POST", "/segments/new", #"{"name":"All"}"#)
        .json["list"]?["id"]?.integer ?? 0
      let added = try await bed.call(
        as: "lee", "POST", "/segments/\(segment)/contacts/add",
        #"{"ids":[\#(three.mine),\#(three.other)]}"#
      ).json["details"]
      #expect(added?[String(three.mine)]?["success"] == true)
      #expect(added?[String(three.other)]?["success"] == false)
      #expect(
        try await bed.call(
          as: "lee", "POST", "/segments/\(segment)/contact/\(three.other)/add"
        ).status == 403)
      // The segment of somebody else is for all to see, not to change.
      #expect(
        try await bed.call(as: "lee", "PATCH", "/segments/\(segment)/edit", #"{"name":"x"}"#).status
          == 403)
      let preview = try await bed.call(
        as: "lee", "POST", "/segments/preview",
        #"{"filters":[{"glue":"and","field":"email","object":"lead","type":"email","operator":"!empty","properties":{"filter":null}}]}"#
      ).json
      #expect(preview["total"] == 1)
    }
  }

  @Test("EXP-08, IMP-15: exports and imports take permissions of their own")
  func exportsAndImportsTakePermissions() async throws {
    try await APIBed.with { (bed) async throws in
      try await bed.user("lee", may: ["lead:leads": ["full"]])
      try await bed.user("max", may: ["lead:export": ["enable"]])
      for user in ["lee", "max"] {
        #expect(try await bed.call(as: user, "POST", "/exports/new", "{}").status == 403)
        #expect(try await bed.call(as: user, "POST", "/imports/new", "{}").status == 403)
      }
    }
  }

  @Test("CAM-704: changing what a campaign will do takes the permission to edit the contact")
  func entriesTakeTheContact() async throws {
    try await with { (bed, three) async throws in
      for (method, path) in [
        ("PUT", "/campaigns/events/1/contact/\(three.other)/edit"),
        ("DELETE", "/campaigns/events/1/contact/\(three.other)"),
        ("POST", "/campaigns/1/contact/\(three.other)/add"),
      ] {
        #expect(try await bed.call(as: "lee", method, path, "{}").status == 403, "\(path)")
      }
      let batch = try await bed.call(
        as: "lee", "PUT", "/campaigns/events/batch/edit",
        #"[{"contactId":\#(three.other),"eventId":1}]"#)
      #expect(batch.json["errors"]?.elements?.first?["code"] == 403)
    }
  }
}

import Contacts
import Primitives
import Testing

@testable import Segments

/// Fields with several values per contact (segments.md 4.5 and 6).
@Suite struct SetFilterTests {
  private static func options(_ options: [String]?) -> ModelContact {
    .with(options.map { ["c_multiselect": .options($0)] } ?? [:])
  }

  @Test("SEG-36, SEG-37: `in` on a multiselect means all of them; options are whole")
  func holdsEveryOption() async throws {
    try await Playground.with([
      "null": Self.options(nil), "none": Self.options([]), "a": Self.options(["a"]),
      "a b": Self.options(["a", "b"]), "ab": Self.options(["ab"]),
    ]) { (play) async throws in
      let both: JSONValue = ["a", "b"]
      #expect(try await play.who(having("c_multiselect", "in", both)) == ["a b"])
      #expect(try await play.who(having("c_multiselect", "in", ["a"])) == ["a", "a b"])
      #expect(try await play.who(having("c_multiselect", "!in", both)) == ["null", "none", "ab"])
      #expect(try await play.who(having("c_multiselect", "in_all", both)) == ["a b"])
      #expect(
        try await play.who(having("c_multiselect", "!in_all", both)) == ["null", "none", "a", "ab"])
      #expect(try await play.who(having("c_multiselect", "empty")) == ["null", "none"])
      #expect(try await play.who(having("c_multiselect", "!empty")) == ["a", "a b", "ab"])
    }
  }

  private static func tagged(_ tags: Set<Int64>) -> ModelContact {
    var contact = ModelContact.with()
    contact.tags = tags
    contact.categories = tags
    return contact
  }

  @Test("SEG-36, edge 8: `in` on tags means one of them; a deleted tag matches no contact")
  func hasSomeTag() async throws {
    try await Playground.with([
      "none": Self.tagged([]), "1": Self.tagged([1]), "1 2": Self.tagged([1, 2]),
      "3": Self.tagged([3]), "all": Self.tagged([1, 2, 3, 4, 5]),
    ]) { (play) async throws in
      for field in ["tags", "globalcategory"] {
        #expect(try await play.who(having(field, "in", [1, 2])) == ["1", "1 2", "all"])
        #expect(try await play.who(having(field, "in", "2|3")) == ["1 2", "3", "all"])
        #expect(try await play.who(having(field, "!in", [1, 2])) == ["none", "3"])
        #expect(try await play.who(having(field, "in_all", [1, 2])) == ["1 2", "all"])
        #expect(try await play.who(having(field, "in_all", [5, 4, 3, 2, 1])) == ["all"])
        #expect(
          try await play.who(having(field, "!in_all", [1, 2, 3, 4, 5]))
            == ["none", "1", "1 2", "3"])
        #expect(try await play.who(having(field, "!in_all", [1, 2])) == ["none", "1", "3"])
        #expect(try await play.who(having(field, "empty")) == ["none"])
        #expect(try await play.who(having(field, "!empty")) == ["1", "1 2", "3", "all"])
        #expect(try await play.who(having(field, "in", [99])) == [])
        #expect(try await play.who(having(field, "!in", [99])).count == 5)
      }
    }
  }

  /// Owner and stage; edge case 7 of section 13: a deleted owner is missing.
  @Test func comparesSingleRecords() async throws {
    try await Playground.with([
      "none": .with(), "1": .with(["owner_id": .record(1), "stage_id": .record(1)]),
      "2": .with(["owner_id": .record(2), "stage_id": .record(2)]),
    ]) { (play) async throws in
      for field in ["owner_id", "stage"] {
        #expect(try await play.who(having(field, "=", 1)) == ["1"])
        #expect(try await play.who(having(field, "!=", "1")) == ["none", "2"])
        #expect(try await play.who(having(field, "empty")) == ["none"])
        #expect(try await play.who(having(field, "!empty")) == ["1", "2"])
      }
    }
  }

  /// Single choices: `in` is one of them, the negation includes missing values.
  @Test func comparesSingleChoices() async throws {
    try await Playground.with([
      "none": .with(), "a": .with(["c_select": .text("a")]), "b": .with(["c_select": .text("b")]),
    ]) { (play) async throws in
      #expect(try await play.who(having("c_select", "in", ["A", "x"])) == ["a"])
      #expect(try await play.who(having("c_select", "!in", ["a"])) == ["none", "b"])
      #expect(try await play.who(having("c_select", "regexp", "a|b")) == ["a", "b"])
    }
  }

  private static func visitor(_ sources: [String?]) -> ModelContact {
    var contact = ModelContact.with()
    contact.utm = sources.map { $0.map { ["utm_source": $0] } ?? ["utm_term": "t"] }
    contact.devices = sources.compactMap { $0 }.map { ["device": $0] }
    return contact
  }

  @Test(
    "SEG-60 to SEG-62: a positive form needs some row, a negative none, `!regexp` some other row")
  func asksRelatedRows() async throws {
    try await Playground.with([
      "no rows": Self.visitor([]), "a": Self.visitor(["a"]), "a b": Self.visitor(["a", "b"]),
      "b": Self.visitor(["b"]), "null": Self.visitor([nil]),
    ]) { (play) async throws in
      #expect(try await play.who(having("utm_source", "=", "A")) == ["a", "a b"])
      #expect(try await play.who(having("utm_source", "!=", "a")) == ["no rows", "b", "null"])
      #expect(try await play.who(having("utm_source", "!like", "a")) == ["no rows", "b", "null"])
      #expect(try await play.who(having("utm_source", "!regexp", "a")) == ["a b", "b"])
      #expect(try await play.who(having("utm_source", "empty")) == ["no rows", "null"])
      // Compared as text, as Mautic offers these operators for UTM values.
      #expect(try await play.who(having("utm_source", "gt", "a")) == ["a b", "b"])
      #expect(try await play.who(having("utm_source", "lte", "A")) == ["a", "a b"])
      #expect(try await play.who(having("utm_source", "gte", "")) == ["a", "a b", "b"])
      #expect(try await play.who(having("device_type", "!in", ["a"])) == ["no rows", "b", "null"])
      #expect(try await play.who(having("device_type", "in_all", ["A", "b"])) == ["a b"])
    }
  }

  @Test("SEG-66: two filters may be satisfied by two rows")
  func asksRowsIndependently() async throws {
    var contact = ModelContact.with()
    contact.utm = [["utm_source": "a"], ["utm_medium": "b"]]
    try await Playground.with(["two rows": contact]) { (play) async throws in
      #expect(
        try await play.who(having("utm_source", "=", "a"), having("utm_medium", "=", "b"))
          == ["two rows"])
    }
  }

  @Test("SEG-65: the entry of that channel and reason exists or not, whatever others exist")
  func asksForDoNotContact() async throws {
    func contact(_ entries: [String: DoNotContactReason]) -> ModelContact {
      var contact = ModelContact.with()
      contact.doNotContact = entries
      return contact
    }
    try await Playground.with([
      "free": contact([:]), "bounced": contact(["email": .bounced]),
      "unsubscribed": contact(["email": .unsubscribed, "sms": .manual]),
    ]) { (play) async throws in
      for (word, value): (String, JSONValue) in [("=", 1), ("!=", 0)] {
        #expect(try await play.who(having("dnc_unsubscribed", word, value)) == ["unsubscribed"])
      }
      for (word, value): (String, JSONValue) in [("=", 0), ("!=", 1)] {
        #expect(try await play.who(having("dnc_unsubscribed", word, value)) == ["free", "bounced"])
      }
      #expect(try await play.who(having("dnc_bounced", "=", 1)) == ["bounced"])
      #expect(try await play.who(having("dnc_manual_sms", "=", true)) == ["unsubscribed"])
      #expect(try await play.who(having("dnc_manual_email", "=", true)) == [])
    }
  }

  @Test("SEG-63: counts of rows are 0 without any; a value that has no row matches no comparison")
  func takesFieldsOfOtherModules() async throws {
    try await Playground.with([
      "none": Self.visitor([]), "one": Self.visitor(["a"]), "two": Self.visitor(["a", "b"]),
    ]) { (play) async throws in
      var play = play
      play.registry.add([
        FilterField(
          "hit_url_count", object: .behaviors, .number, topics: [.utm],
          source: .value(
            "(SELECT count(*) FROM utm_tags r WHERE r.contact_id = c.id)", .integer,
            isNeverNull: true))
      ])
      play.registry.add(prefix: "group_points_") { group in
        FilterField(
          "group_points_\(group)", object: .groups, .number, topics: [.utm],
          source: .optionalRow(
            "utm_tags r WHERE r.contact_id = c.id AND r.utm_source = 'b'",
            value: "\(group)", .integer))
      }
      func who(_ filter: JSONValue) async throws -> Int {
        let compiled = try play.compiler()
          .compile(try SegmentFilters(json: [filter]), references: .stored)
        return try await play.pool.query(
          "SELECT FROM contacts AS c WHERE \(sql: compiled.condition)"
        ).count
      }
      for (word, value): (String, JSONValue) in [("=", 0), ("lt", 1), ("lte", 0)] {
        #expect(try await who(having("hit_url_count", word, value, object: "behaviors")) == 1)
      }
      let group = "groups"
      #expect(try await who(having("group_points_7", "=", 7, object: group)) == 1)
      #expect(try await who(having("group_points_7", "!=", 8, object: group)) == 1)
      #expect(try await who(having("group_points_7", "!between", [1, 2], object: group)) == 1)
      #expect(try await who(having("group_points_7", "empty", object: group)) == 2)
      #expect(
        try play.problems(having("group_points_x", "=", 1, object: group)).first?
          .hasPrefix("filters[0].field") == true)
    }
  }
}

import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments
import TestSupport
import Testing
import Users

@testable import Tracking

@Suite("Messages of apps and servers (tracking.md 20)")
struct MessageTests {
  private func message(
    _ kind: Message.Kind, _ name: String = "", _ values: JSONValue = .object([:]),
    anonymous: String? = nil, user: String? = nil, id: UUID = UUID(), at: Date = Date()
  ) -> Message {
    var message = Message(kind, id: id, at: at)
    message.name = name
    message.values = values
    message.anonymous = anonymous
    message.user = user
    return message
  }

  private func traits(_ traits: [String: String]) -> JSONValue {
    .object(traits.mapValues { .string($0) })
  }

  @Test("MSG-10: an event is a row of its contact, and counts once however often it comes")
  func event() async throws {
    try await TrackingBed.with { bed in
      let id = UUID()
      let properties = JSONValue.object([
        "total": .number(9.5), "product": .object(["name": .string("\u{1F}\"x\\\ty")]),
      ])
      let order = message(.track, "Order Completed", properties, anonymous: "a-1", id: id)
      try await bed.take([order, order])
      try await bed.take([order])
      #expect(
        try await bed.texts("SELECT properties ->> 'total' FROM tracked_events") == ["9.5"])
      #expect(try await bed.count("contacts") == 1)
      #expect(try await bed.count("page_hits") == 0)
      #expect(bed.observer.tracked.map(\.name) == ["Order Completed"])
      #expect(
        bed.observer.tracked.first?.properties == [
          "total": "9.5", "product.name": "\u{1F}\"x\\\ty",
        ])
      let contact: Int64 = try await bed.pool.query("SELECT id FROM contacts")[0].decode(at: 0)
      let page = try await TimelineStore(pool: bed.pool, sources: [.events])
        .page(of: contact, limit: 10)
      #expect(page.events.map(\.label) == ["Order Completed"])
      #expect(page.events.map(\.type.rawValue) == ["event.track"])
    }
  }

  @Test("MSG-11: pages and screens are hits, with the campaign's parameters")
  func pages() async throws {
    try await TrackingBed.with { bed in
      var page = message(
        .page, "Home", .object(["url": .string("https://a.example/"), "title": .string("A")]),
        anonymous: "a")
      page.context.campaign = ["name": "c", "source": "s"]
      try await bed.take([page, page, message(.screen, "Basket", anonymous: "a")])
      #expect(
        try await bed.texts("SELECT url || ' ' || title FROM page_hits ORDER BY id") == [
          "https://a.example/ A", "Basket Basket",
        ])
      #expect(
        try await bed.texts("SELECT utm_campaign || utm_source FROM utm_tags") == ["cs"])
      #expect(try await bed.count("contacts") == 1)
    }
  }

  @Test("MSG-05: identify merges the visitor before it with the known contact")
  func identify() async throws {
    try await TrackingBed.with(public: ["email", "firstname", "city"]) { bed in
      let ada = try await bed.contact("ada@example.com")
      let given = traits(["email": "ada@example.com", "firstName": "Ada", "points": "99"])
      try await bed.take([
        message(.track, "Seen", anonymous: "a"),
        message(.identify, "", given, anonymous: "a", user: "u1"),
        message(.track, "Known", anonymous: "a"),
        message(.track, "Elsewhere", user: "u1"),
      ])
      #expect(try await bed.texts("SELECT firstname || points FROM contacts") == ["Ada0"])
      let names = try await bed.texts(
        "SELECT name FROM tracked_events WHERE contact_id = \(ada) ORDER BY name")
      // What came before the merge, and from the other browser, may have waited in other parts.
      #expect(names == ["Elsewhere", "Known", "Seen"])
    }
  }

  @Test("MSG-05: two users of one browser stay two, known or not; a user has many browsers")
  func users() async throws {
    try await TrackingBed.with { bed in
      try await bed.take([
        message(.identify, anonymous: "a", user: "u1"),
        message(.track, "One", anonymous: "a", user: "u1"),
        message(.identify, anonymous: "a", user: "u2"),
        message(.track, "Two", anonymous: "a", user: "u2"),
        message(.track, "Phone", anonymous: "b", user: "u1"),
        message(.track, "Phone again", anonymous: "b"),
      ])
      #expect(try await bed.count("contacts") == 2)
      #expect(
        try await bed.texts(
          """
          SELECT string_agg(name, ',' ORDER BY id) FROM tracked_events
          GROUP BY contact_id ORDER BY 1
          """) == ["One,Phone,Phone again", "Two"])
    }
  }

  @Test("MSG-05: a user whose device was forgotten stays who it is, whatever address it gives")
  func forgottenDevice() async throws {
    try await TrackingBed.with { bed in
      try await bed.contact("bob@example.com")
      let own = traits(["email": "ada@example.com"])
      try await bed.take([message(.identify, "", own, user: "u1")])
      try await bed.pool.query("DELETE FROM devices")
      let foreign = traits(["email": "bob@example.com"])
      try await bed.take([
        message(.identify, "", foreign, user: "u1"), message(.track, "Still", user: "u1"),
      ])
      #expect(
        try await bed.texts(
          "SELECT c.email FROM tracked_events e JOIN contacts c ON c.id = e.contact_id") == [
            "ada@example.com"
          ])
    }
  }

  @Test("MSG-05: a user's id that is a unique identifier finds its contact, by any message")
  func ownIdentifier() async throws {
    try await TrackingBed.with { bed in
      var field = NewField(label: "User", type: .text)
      field.alias = "userid"
      field.isUniqueIdentifier = true
      _ = try await bed.fields.create(field, by: .system, now: bed.jobs.clock.now)
      let known = try await bed.contact("ada@example.com")
      try await bed.pool.query("UPDATE contacts SET userid = '42' WHERE id = \(known)")
      try await bed.take([message(.track, "Paid", user: "42")], isServer: true)
      #expect(
        try await bed.texts("SELECT name FROM tracked_events WHERE contact_id = \(known)") == [
          "Paid"
        ])
      #expect(try await bed.count("contacts") == 1)
    }
  }

  @Test("MSG-06: a public key changes public fields alone; a server's any, an address too")
  func fields() async throws {
    try await TrackingBed.with(public: []) { bed in
      let given = JSONValue.object([
        "email": .string("a@example.com"), "first_name": .string("Ada"),
        "address": .object(["city": .string("Wien"), "postalCode": .string("1010")]),
        "company": .object(["name": .string("Initech"), "industry": .string("Software")]),
      ])
      try await bed.take([message(.identify, "", given, user: "u1")])
      #expect(try await bed.texts("SELECT concat(email, firstname, city) FROM contacts") == [""])
      try await bed.take([message(.identify, "", given, user: "u1")], isServer: true)
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', email, firstname, city, zipcode, company) FROM contacts") == [
            "a@example.com Ada Wien 1010 Initech"
          ])
      let moved = traits(["email": "new@example.com"])
      try await bed.take([message(.identify, "", moved, user: "u1")], isServer: true)
      #expect(try await bed.texts("SELECT email FROM contacts") == ["new@example.com"])
    }
  }

  @Test("MSG-03: an identify that comes again changes nothing back, for a day")
  func repeated() async throws {
    try await TrackingBed.with(public: ["city"]) { bed in
      let first = message(.identify, "", traits(["city": "Oslo"]), user: "u1")
      try await bed.take([first])
      try await bed.take([message(.identify, "", traits(["city": "Rome"]), user: "u1")])
      try await bed.take([first])
      #expect(try await bed.texts("SELECT city FROM contacts") == ["Rome"])
      let tomorrow = bed.jobs.clock.now.addingTimeInterval(60)
      try await IdentityStore.forgetMessages(10, before: tomorrow, in: bed.pool)
      #expect(try await bed.count("visitor_messages") == 0)
    }
  }

  @Test("MSG-07: alias joins what was before with the user; a group is a company")
  func aliasAndGroup() async throws {
    try await TrackingBed.with { bed in
      var alias = message(.alias, user: "u1")
      alias.previous = "a"
      var group = message(.group, "", traits(["name": "Initech"]), user: "u1")
      group.group = "g1"
      try await bed.take([
        message(.track, "Before", anonymous: "a"), alias, group,
        message(.track, "After", user: "u1"),
      ])
      #expect(try await bed.count("contacts") == 1)
      #expect(
        try await bed.texts(
          "SELECT name FROM tracked_events WHERE contact_id IS NOT NULL ORDER BY id")
          == ["Before", "After"])
      #expect(try await bed.texts("SELECT company FROM contacts") == ["Initech"])
    }
  }

  @Test("MSG-12: events give points by name")
  func points() async throws {
    try await TrackingBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO point_actions (name, type, delta, is_repeatable, properties, date_added)
        VALUES ('orders', 'event.track', 5, true, '{"event":"order *"}', now())
        """)
      try await bed.take([
        message(.track, "Order Completed", anonymous: "a"),
        message(.track, "Order Paid", anonymous: "a"), message(.track, "Login", anonymous: "a"),
      ])
      #expect(try await bed.texts("SELECT points::text FROM contacts") == ["10"])
    }
  }

  @Test("SEG-69: filters on events: by name, so many times within so many days")
  func filters() async throws {
    try await TrackingBed.with { bed in
      let now = bed.jobs.clock.now
      try await bed.take([
        message(.track, "Order_1", user: "u1", at: now),
        message(.track, "Order_1", user: "u1", at: now.addingTimeInterval(-10 * 86_400)),
        message(.track, "OrderX1", user: "u2", at: now),
      ])
      let ids: [Int64] = try await bed.pool.query("SELECT id FROM contacts ORDER BY id")
        .map { try $0.decode(at: 0) }
      var registry = FilterRegistry.contacts
      registry.addEvents()
      let compiler = SegmentCompiler(
        registry: registry, fields: try await bed.fields.current(), timeZone: .gmt, now: now,
        segments: [:])
      func compiled(
        _ field: String, _ comparison: String, _ properties: [String: JSONValue]
      ) throws -> CompiledSegment {
        let filter = JSONValue.object([
          "object": .string("behaviors"), "field": .string(field), "type": .string("number"),
          "operator": .string(comparison), "properties": .object(properties),
        ])
        let filters = try SegmentFilters(json: .array([filter]))
        #expect(compiler.check(filters).isEmpty)
        return try compiler.compile(filters, references: .stored)
      }
      func matches(
        _ field: String, _ comparison: String, _ properties: [String: JSONValue]
      ) async throws -> [Int64] {
        let condition = try compiled(field, comparison, properties).condition
        return try await bed.pool.query(
          "SELECT c.id FROM contacts AS c WHERE \(sql: condition) ORDER BY c.id"
        ).map { try $0.decode(at: 0) }
      }
      let twice: [String: JSONValue] = ["filter": .integer(2), "event": .string("order_*")]
      #expect(try await matches("event_count", "gte", twice) == [ids[0]])
      let week = twice.merging(["days": .integer(7)]) { $1 }
      #expect(try await matches("event_count", "gte", week) == [])
      #expect(try await matches("event_count", "lt", week) == ids)
      #expect(try await matches("event_name", "=", ["filter": .string("orderx1")]) == [ids[1]])
      let change = try compiled("event_count", "gte", week).nextChange
      #expect(change.map { $0 > now && $0.timeIntervalSince(now) <= 86_400 } == true)
      let bad = JSONValue.object([
        "object": .string("behaviors"), "field": .string("event_count"),
        "type": .string("number"), "operator": .string("gte"),
        "properties": .object(["filter": .integer(1), "days": .integer(0)]),
      ])
      let problems = compiler.check(try SegmentFilters(json: .array([bad])))
      #expect(problems.map(\.key) == ["filters[0].days"])
    }
  }

  @Test("An event waits as a hit does; strange keys and texts survive")
  func forms() throws {
    var hit = Hit(id: UUID(), at: Date(timeIntervalSince1970: 1))
    hit.url = "/a"
    hit.kind = .event
    hit.event = "E"
    #expect(Hit(text: hit.text.utf8) == hit)
    #expect(Hit(text: (hit.text + "\u{1F}x").utf8) == nil)
    #expect(VisitIdentity(key: "user:a:b")?.value == "a:b")
    #expect(VisitIdentity(key: "x:a") == nil)
  }

  @Test("Write keys are kept as hashes, and refused once they are revoked")
  func keys() async throws {
    try await TrackingBed.with { bed in
      let (key, secret) = try await bed.jobs.transaction { transaction in
        try await WriteKeyStore.create(
          name: "shop", isServer: false, origins: ["https://*.example.com"], in: transaction)
      }
      let keys = bed.environment.messages.keys
      #expect(try await keys.find(secret) == key)
      #expect(try await keys.find(secret + "x") == nil)
      #expect(try await bed.count("write_keys WHERE hash = \(secret)") == 0)
      for origin in ["example.com", "https://a.example/path"] {
        await #expect(throws: InvalidInput.self) {
          try await bed.jobs.transaction { transaction in
            try await WriteKeyStore.create(
              name: "x", isServer: false, origins: [origin], in: transaction)
          }
        }
      }
      let revoked = try await bed.jobs.transaction { transaction in
        try await WriteKeyStore.revoke(key.id, in: transaction)
      }
      #expect(revoked?.revokedAt != nil)
      #expect(try await keys.find(secret) == nil)
    }
  }
}

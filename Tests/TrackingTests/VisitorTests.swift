import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Tracking

@Suite("Who a request is from (tracking.md 4, 5 and 7)")
struct VisitorTests {
  @Test(
    "An unknown browser is a new contact with a device; its cookie and its parameter bring it back")
  func newVisitor() async throws {
    try await TrackingBed.with { bed in
      let first = try #require(try await bed.visitor(bed.request()))
      #expect(DeviceTrackingStore.isID(first.device.trackingID))
      let id = first.device.trackingID
      #expect(try await bed.visitor(bed.request(cookies: ["mautic_device_id": id])) == first)
      #expect(try await bed.visitor(bed.request(["mautic_device_id": id])) == first)
      let other = try #require(try await bed.visitor(bed.request()))
      #expect(other.contact != first.contact)
      // The parameter counts before the cookie, if its device exists.
      let both = bed.request(
        ["mautic_device_id": id], cookies: ["mautic_device_id": other.device.trackingID])
      #expect(try await bed.visitor(both) == first)
      let absent = bed.request(
        ["mautic_device_id": DeviceTrackingStore.makeID()], cookies: ["mautic_device_id": id])
      #expect(try await bed.visitor(absent) == first)
      #expect(try await bed.count("contacts WHERE date_identified IS NULL") == 2)
      #expect(try await bed.texts("SELECT host(address) FROM ip_addresses") == ["198.51.100.7"])
    }
  }

  @Test("Another agent is another device of the same contact")
  func agents() async throws {
    try await TrackingBed.with { bed in
      let desktop = try #require(try await bed.visitor(bed.request()))
      let phone = try #require(
        try await bed.visitor(
          bed.request(
            cookies: ["mautic_device_id": desktop.device.trackingID], agent: TrackingBed.iPhone)))
      #expect(phone.contact == desktop.contact && phone.device != desktop.device)
      let back = bed.request(cookies: ["mautic_device_id": phone.device.trackingID])
      #expect(try await bed.visitor(back) == desktop)
      // An agent that tells nothing is one as well.
      let odd = bed.request(
        cookies: ["mautic_device_id": phone.device.trackingID], agent: "my own app")
      let app = try #require(try await bed.visitor(odd))
      #expect(app.contact == desktop.contact)
      #expect(
        try await bed.visitor(
          bed.request(
            cookies: ["mautic_device_id": app.device.trackingID], agent: "my own app")) == app)
    }
  }

  @Test("CON-64: an identifier tells who it is before device and address do")
  func identification() async throws {
    try await TrackingBed.with { bed in
      let ann = try await bed.contact("ann@example.com")
      let bob = try await bed.contact("bob@example.com")
      let visitor = try #require(
        try await bed.visitor(bed.request(["email": " Ann@Example.com"])))
      #expect(visitor.contact == ann)
      let cookies = ["mautic_device_id": visitor.device.trackingID]
      // Two people at one browser: tracking switches, and nobody is merged.
      let second = try #require(
        try await bed.visitor(bed.request(["email": "bob@example.com"], cookies: cookies)))
      #expect(second.contact == bob && second.device.trackingID != visitor.device.trackingID)
      #expect(try await bed.visitor(bed.request(cookies: cookies))?.contact == ann)
      // A third one is new, not Ann under another address.
      let third = try #require(
        try await bed.visitor(bed.request(["email": "new@example.com"], cookies: cookies)))
      #expect(![ann, bob].contains(third.contact))
      #expect(
        try await bed.texts("SELECT email FROM contacts ORDER BY id") == [
          "Ann@Example.com", "bob@example.com", "new@example.com",
        ])
    }
  }

  @Test("CON-65: a visitor who proves to be a contact is merged into it; the old id leads there")
  func merging() async throws {
    try await TrackingBed.with { bed in
      let ann = try await bed.contact("ann@example.com")
      let cookies = try await bed.browse([["page_url": "/a"], ["page_url": "/b"]])
      let anonymous = try #require(cookies["mtc_id"].flatMap { Int64($0) })
      let visitor = try #require(
        try await bed.visitor(bed.request(["email": "ann@example.com"], cookies: cookies)))
      #expect(visitor.contact == ann)
      #expect(visitor.device.trackingID == cookies["mautic_device_id"])
      #expect(try await bed.count("page_hits WHERE contact_id = \(ann)") == 2)
      #expect(try await ContactMerger.winner(of: anonymous, in: bed.pool) == ann)
      // Hits that were under way when it happened go to the winner.
      var late = Hit(id: UUID(), at: bed.jobs.clock.now)
      late.contact = anonymous
      late.url = "/late"
      try await bed.tracker.buffer.append(late)
      try await bed.record()
      #expect(try await bed.count("page_hits WHERE contact_id = \(ann)") == 3)
    }
  }

  @Test("A visitor without the identifier becomes known by it; the audit log names page and source")
  func becomingKnown() async throws {
    try await TrackingBed.with(public: ["email", "firstname"]) { bed in
      let first = try #require(try await bed.visitor(bed.request()))
      let known = bed.request(
        ["email": "new@example.com", "firstname": "Nora", "lastname": "No", "page_url": "/x"],
        cookies: ["mautic_device_id": first.device.trackingID])
      #expect(try await bed.visitor(known) == first)
      #expect(
        try await bed.texts(
          "SELECT email || ' ' || firstname || coalesce(lastname, '') FROM contacts")
          == ["new@example.com Nora"])
      #expect(try await bed.count("contacts WHERE date_identified IS NOT NULL") == 1)
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', action, details ->> 'source', details ->> 'sourceName')
          FROM audit_log WHERE object = 'lead' AND action <> 'ipadded' ORDER BY id
          """) == ["create page.hit", "update page.hit /x", "identified page.hit /x"])
      // Empty values erase nothing, bad ones are dropped, and the rest applies (CON-07).
      let bad = bed.request(
        ["email": "no address", "firstname": "", "tags": "a,-b,<b>c</b>"],
        cookies: ["mautic_device_id": first.device.trackingID])
      _ = try await bed.visitor(bad)
      #expect(
        try await bed.texts("SELECT email || firstname FROM contacts") == ["new@example.comNora"])
      #expect(try await bed.texts("SELECT tag FROM tags ORDER BY 1") == ["a", "c"])
    }
  }

  @Test("CON-42: tags are added, and removed with a minus; a company is found by name or made")
  func tagsAndCompany() async throws {
    try await TrackingBed.with(public: ["email", "companycity"]) { bed in
      let visitor = try #require(
        try await bed.visitor(
          bed.request([
            "tags": "ProductA, ProductB", "companyname": "Acme", "companycity": "Graz",
            "companyphone": "1",
          ])))
      let cookies = ["mautic_device_id": visitor.device.trackingID]
      _ = try await bed.visitor(
        bed.request(["tags": "-productb,ProductC", "company": "acme"], cookies: cookies))
      #expect(
        try await bed.texts(
          "SELECT tag FROM tags JOIN contact_tags ON tag_id = id ORDER BY 1") == [
            "ProductA", "ProductC",
          ])
      #expect(
        try await bed.texts(
          "SELECT companyname || ' ' || companycity || coalesce(companyphone, '') FROM companies")
          == ["Acme Graz"])
      #expect(try await bed.texts("SELECT company FROM contacts") == ["Acme"])
    }
  }

  @Test(
    "The link of a sent e-mail names its recipient; an identified visitor is not merged with it")
  func clickthrough() async throws {
    try await TrackingBed.with { bed in
      let ann = try await bed.contact("ann@example.com")
      let bob = try await bed.contact("bob@example.com")
      let hash = try await bed.send(3, to: ann)
      let signer = bed.tracker.resolver.signer
      let ct = signer.clickthrough(hash, contact: ann)
      let anonymous = try #require(try await bed.visitor(bed.request()))
      let cookies = ["mautic_device_id": anonymous.device.trackingID]
      #expect(try await bed.visitor(bed.request(["ct": ct], cookies: cookies))?.contact == ann)
      #expect(try await bed.count("contacts") == 2)
      let bobs = try #require(try await bed.visitor(bed.request(["email": "bob@example.com"])))
      let switched = try #require(
        try await bed.visitor(
          bed.request(["ct": ct], cookies: ["mautic_device_id": bobs.device.trackingID])))
      #expect(switched.contact == ann)
      #expect(try await bed.count("contacts WHERE id = \(bob)") == 1)
      // Mautic's form names the e-mail as well; a wrong one, or a contact alone, proves nothing.
      func old(_ email: Int, stat: String) -> String {
        Data(
          "a:2:{s:4:\"stat\";s:32:\"\(stat)\";s:7:\"channel\";a:1:{s:5:\"email\";i:\(email);}}".utf8
        ).base64EncodedString()
      }
      let stat = hash.uuidString.replacing("-", with: "").lowercased()
      #expect(try await bed.visitor(bed.request(["ct": old(3, stat: stat)]))?.contact == ann)
      #expect(try await bed.visitor(bed.request(["ct": old(4, stat: stat)]))?.contact != ann)
      let lead = Data("a:1:{s:4:\"lead\";i:\(bob);}".utf8).base64EncodedString()
      #expect(try await bed.visitor(bed.request(["ct": lead]))?.contact != bob)
      bed.settings.value.tracksByURL = true
      #expect(try await bed.visitor(bed.request(["ct": lead]))?.contact == bob)
    }
  }

  @Test("An old cookie or id counts only while no device of its contact is tracked")
  func oldIds() async throws {
    try await TrackingBed.with { bed in
      let ann = try await bed.contact("ann@example.com")
      let old = ["mtc_id": String(ann)]
      #expect(try await bed.visitor(bed.request(old))?.contact == ann)
      #expect(try await bed.visitor(bed.request(old))?.contact != ann)
      let bob = try await bed.contact("bob@example.com")
      let session = bed.request(
        cookies: ["mautic_session_id": "abc", "mautic_session_abc": String(bob)])
      #expect(try await bed.visitor(session)?.contact == bob)
    }
  }

  @Test("An address tells who it is only where a setting says so, and merges nobody")
  func address() async throws {
    try await TrackingBed.with { bed in
      let first = try #require(try await bed.visitor(bed.request(address: "203.0.113.5")))
      let request = bed.request(address: "203.0.113.5")
      #expect(try await bed.visitor(request)?.contact != first.contact)
      bed.settings.value.tracksByAddress = true
      let found = try #require(try await bed.visitor(request))
      let count = try await bed.count("contacts")
      let named = bed.request(["email": "x@example.com"], address: "203.0.113.5")
      #expect(try await bed.visitor(named)?.contact != found.contact)
      #expect(try await bed.count("contacts") == count + 1)
      #expect(try await bed.count("contact_merges") == 0)
    }
  }

  @Test(
    "First hits at the same moment that carry the same device id, or the same address, are one contact"
  )
  func atOnce() async throws {
    try await TrackingBed.with { bed in
      let id = DeviceTrackingStore.makeID()
      let (device, mail) = (
        bed.request(["mautic_device_id": id]), bed.request(["email": "same@example.com"])
      )
      let answers = try await withThrowingTaskGroup(of: (isDevice: Bool, visitor: Visitor?).self) {
        group in
        for place in 0..<12 {
          group.addTask {
            let isDevice = place % 2 == 0
            return (isDevice, try await bed.visitor(isDevice ? device : mail))
          }
        }
        var all: [(isDevice: Bool, visitor: Visitor?)] = []
        for try await answer in group { all.append(answer) }
        return all
      }
      #expect(Set(answers.filter(\.isDevice).map { $0.visitor?.device.trackingID }) == [id])
      #expect(Set(answers.filter { !$0.isDevice }.map { $0.visitor?.contact }).count == 1)
      #expect(try await bed.count("contacts") == 2)
    }
  }

  @Test("Deleting a contact ends its tracking identity: the browser is a new visitor")
  func deletion() async throws {
    try await TrackingBed.with { bed in
      let cookies = try await bed.browse([["page_url": "/a"]])
      let old = try #require(cookies["mtc_id"].flatMap { Int64($0) })
      try await bed.pool.query("SELECT delete_contacts(\([old]))")
      let new = try #require(try await bed.visitor(bed.request(cookies: cookies)))
      #expect(new.contact != old)
      #expect(try await bed.count("page_hits WHERE contact_id IS NULL") == 1)
    }
  }

  @Test("Of several identifiers one is enough with OR, and all are needed with AND")
  func operators() async throws {
    try await TrackingBed.with(public: ["email", "mobile"]) { bed in
      try await bed.pool.query(
        "UPDATE fields SET is_unique_identifier = true WHERE alias = 'mobile'")
      try await bed.makePublic(["mobile"])
      let ann = try await bed.contact("ann@example.com")
      try await bed.pool.query("UPDATE contacts SET mobile = '123' WHERE id = \(ann)")
      let given = ["email": "ann@example.com", "mobile": "999"]
      #expect(try await bed.visitor(bed.request(given))?.contact == ann)
      try await bed.pool.query("UPDATE contacts SET mobile = '123' WHERE id = \(ann)")
      bed.settings.value.matchesAnyIdentifier = false
      #expect(try await bed.visitor(bed.request(given))?.contact != ann)
    }
  }
}

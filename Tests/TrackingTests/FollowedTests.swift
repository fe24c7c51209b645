import Contacts
import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Mail
@testable import Tracking

@Suite("Links of e-mails that were followed (tracking.md 9, 11)")
struct FollowedTests {
  private static let shop = "https://shop.example/sale?utm_source=mail&utm_medium=email"

  private func follow(
    _ bed: TrackingBed, _ hash: UUID, cookies: [String: String] = [:], page: String = shop,
    recognizes: Bool = true
  ) async throws -> Followed? {
    let reference = LinkSigner(secret: TrackingBed.site.secret).clickthrough(hash, contact: 0)
    return try await bed.tracker.follow(
      bed.request(["ct": reference, "page_url": page], cookies: cookies), recognizes: recognizes)
  }

  /// Tells tracking of a click that was recorded as a person's, and records its hit.
  private func record(
    _ bed: TrackingBed, _ followed: Followed?, contact: Int64?, id: UUID = UUID()
  ) async throws {
    let event = SendEvent(
      send: 1, contact: contact, email: 7, family: 7, source: .init(kind: "campaign.event", id: 5),
      at: bed.jobs.clock.now)
    let click = MailClick(
      event: event, id: id, link: 31, url: Self.shop, visit: followed?.visit)
    let environment = bed.environment
    try await bed.jobs.transaction { transaction in
      try await TrackingMailObserver { environment }.clicked([click], in: transaction)
    }
    try await bed.record()
  }

  private func hits(_ bed: TrackingBed) async throws -> [String] {
    try await bed.texts(
      """
      SELECT concat_ws(' ', coalesce(contact_id::text, '-'), coalesce(tracking_id, '-'), redirect_id,
        email_id, source, source_id, url)
      FROM page_hits ORDER BY id
      """)
  }

  @Test(
    "EML-356: a new browser becomes the recipient's at once; the click is a hit with its link and source"
  )
  func newBrowser() async throws {
    try await TrackingBed.with { bed in
      let contact = try await bed.contact("kim@example.com")
      let followed = try await follow(bed, try await bed.send(7, to: contact))
      let device = try #require(followed?.device)
      #expect(followed?.contact == contact)
      // Its visits count for the recipient from now on, before the click is judged.
      let visitor = try await bed.visitor(bed.request(cookies: ["mautic_device_id": device]))
      #expect(visitor?.contact == contact)
      let id = UUID()
      try await record(bed, followed, contact: contact, id: id)
      try await record(bed, followed, contact: contact, id: id)
      #expect(
        try await hits(bed) == ["\(contact) \(device) 31 7 campaign.event 5 \(Self.shop)"])
      #expect(try await bed.count("utm_tags") == 1)
      // The reference makes its holder the contact, so it is kept nowhere.
      #expect(try await bed.texts("SELECT query::text FROM page_hits")[0].contains("ct") == false)
    }
  }

  @Test("A browser that was anonymous is the recipient's from then on, with its visits")
  func anonymousBrowser() async throws {
    try await TrackingBed.with { bed in
      let cookies = try await bed.browse([["page_url": "https://shop.example/"]])
      let contact = try await bed.contact("kim@example.com")
      let followed = try await follow(bed, try await bed.send(7, to: contact), cookies: cookies)
      #expect(followed?.contact == contact && followed?.device == cookies["mautic_device_id"])
      try await record(bed, followed, contact: contact)
      #expect(try await hits(bed).map { $0.prefix { $0 != " " } } == ["\(contact)", "\(contact)"])
    }
  }

  @Test("A machine gets no device; should it be a person after all, that is found with the click")
  func program() async throws {
    try await TrackingBed.with { bed in
      let contact = try await bed.contact("kim@example.com")
      let hash = try await bed.send(7, to: contact)
      let followed = try await follow(bed, hash, recognizes: false)
      #expect(followed != nil && followed?.device == nil)
      #expect(try await bed.count("devices") == 0)
      try await record(bed, followed, contact: contact)
      #expect(try await hits(bed).map { $0.prefix { $0 != " " } } == ["\(contact)"])
      #expect(try await bed.count("devices") == 1)
    }
  }

  @Test("A signal of privacy: the hit is recorded without who it was, and without cookies")
  func privacy() async throws {
    try await TrackingBed.with { bed in
      let contact = try await bed.contact("kim@example.com")
      let reference = LinkSigner(secret: TrackingBed.site.secret).clickthrough(
        try await bed.send(7, to: contact), contact: contact)
      var request = bed.request(["ct": reference, "page_url": Self.shop])
      request.hasPrivacySignal = true
      let followed = try await bed.tracker.follow(request, recognizes: true)
      #expect(followed != nil && followed?.device == nil)
      try await record(bed, followed, contact: contact)
      #expect(try await hits(bed) == ["- - 31 7 campaign.event 5 \(Self.shop)"])
    }
  }

  @Test("What a link brings changes no contact and makes its visitor nobody else")
  func changesNothing() async throws {
    try await TrackingBed.with { bed in
      let contact = try await bed.contact("kim@example.com")
      let other = try await bed.contact("lee@example.com")
      let hash = try await bed.send(7, to: contact)
      let followed = try await follow(
        bed, hash, page: "https://shop.example/?email=lee@example.com")
      #expect(followed?.contact == contact && contact != other)
    }
  }

  @Test("Hits that wait since before an update are still read")
  func oldForm() throws {
    var hit = Hit(id: UUID(), at: Date(timeIntervalSince1970: 1_700_000_000))
    hit.url = "https://a.example/"
    var parts = hit.text.components(separatedBy: "\u{1F}")
    #expect(Hit(text: hit.text.utf8) == hit)
    for (version, newer) in [("2", 3), ("1", 1)] {
      parts.removeLast(newer)
      parts[0] = version
      #expect(Hit(text: parts.joined(separator: "\u{1F}").utf8) == hit)
    }
    hit.redirect = 5
    #expect(Hit(text: hit.text.utf8)?.redirect == 5)
  }
}

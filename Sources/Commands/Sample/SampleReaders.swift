import Foundation
import Primitives
import Sample

/// What recipients do with the e-mails that they got lately: some open, some of these click, few unsubscribe.
struct SampleReaders: Sendable {
  let api: SampleAPI
  let seed: UInt64
  /// The ids of the e-mail that brings the guide, and of the guide itself.
  let guideEmail: Int
  let guide: Int

  /// A message in a mailbox.
  private struct Message: Sendable {
    var contact: Int
    var bringsGuide: Bool
    var hash: String
    var clicks: Bool
    var unsubscribes: Bool
    /// Which of its links is followed.
    var link: Int
  }

  /// Lets recipients read what they open on a day.
  /// - Parameters:
  ///   - now: A moment of the day.
  ///   - isLast: Whether no day follows: what would be opened later is opened now.
  func day(_ now: Date, isLast: Bool = false) async throws {
    var messages: [Message] = []
    var start = 0
    let path =
      "stats/email_stats?where[0][col]=is_read&where[0][expr]=eq&where[0][val]=0"
      + "&where[1][col]=date_sent&where[1][expr]=gte&where[1][val]="
      + SampleAPI.encoded(Self.text(now.addingTimeInterval(-5 * 86_400)))
      + "&order[0][col]=id&order[0][dir]=ASC&limit=500"
    while true {
      let rows = try await api.call("GET", "\(path)&start=\(start)")["stats"]?.elements ?? []
      messages += rows.compactMap { message($0, now, isLast) }
      start += rows.count
      guard rows.count == 500 else { break }
    }
    try await SampleCrowd.each(messages) { try await read($0) }
  }

  /// Whether and how a message is read on a day, decided by its id alone: about half of all, most of them within two
  /// days.
  private func message(_ row: JSONValue, _ now: Date, _ isLast: Bool) -> Message? {
    guard let id = row["id"]?.int, let contact = row["lead_id"]?.int,
      let hash = row["tracking_hash"]?.text, row["is_failed"]?.text != "1",
      let sent = row["date_sent"]?.text
    else { return nil }
    var random = SeededRandom(seed: seed &+ UInt64(id) &* 6007)
    let bringsGuide = row["email_id"]?.int == guideEmail
    guard random.chance(bringsGuide ? 80 : 52) else { return nil }
    let delay = random.pick([1, 1, 1, 2, 2, 3])
    let due = Self.text(now.addingTimeInterval(-86_400 * Double(delay)))
    guard isLast || sent.prefix(10) == due.prefix(10) else { return nil }
    return Message(
      contact: contact, bringsGuide: bringsGuide, hash: hash,
      clicks: random.chance(bringsGuide ? 75 : 34), unsubscribes: random.chance(2),
      link: random.below(100))
  }

  /// A moment as rows of statistics have it: `YYYY-MM-DD HH:MM:SS` in UTC.
  private static func text(_ moment: Date) -> String {
    String(ISO8601DateFormatter().string(from: moment).prefix(19)).replacing("T", with: " ")
  }

  private func read(_ message: Message) async throws {
    let agent = SamplePerson.agent(of: message.contact)
    let address = SamplePerson.address(of: message.contact)
    guard message.clicks || message.unsubscribes else {
      try await api.browse("/email/\(message.hash).gif", agent: agent, address: address)
      return
    }
    let page = try await api.browse("/email/view/\(message.hash)", agent: agent, address: address)
    if message.clicks {
      let links = Self.links(in: page)
      if !links.isEmpty {
        let link = links[message.link % links.count]
        try await api.browse(link, agent: agent, address: address)
        // Where the link leads, the browser of the recipient is known by the same reference.
        if message.bringsGuide, let mark = link.firstIndex(of: "?") {
          try await api.browse(
            "/asset/\(guide):brewing-guide\(link[mark...])", agent: agent, address: address)
        }
      }
    }
    if message.unsubscribes {
      try await api.browse(
        "/email/unsubscribe/\(message.hash)", agent: agent, address: address,
        form: [("List-Unsubscribe", "One-Click")])
    }
  }

  /// The paths of the links that are counted.
  static func links(in page: String) -> [String] {
    var found: [String] = []
    for part in page.components(separatedBy: "href=\"").dropFirst() {
      let address = part.prefix { $0 != "\"" }.replacing("&amp;", with: "&")
      guard let start = address.firstRange(of: "/r/") ?? address.firstRange(of: "/asset/") else {
        continue
      }
      found.append(String(address[start.lowerBound...]))
    }
    return found
  }
}

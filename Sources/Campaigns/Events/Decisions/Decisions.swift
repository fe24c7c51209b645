import Foundation
import Primitives

/// Tests whether an engagement is about the e-mail that the event's parent sends, in any language or version
/// (`email.open`, `email.click`, `email.reply`).
struct EmailDecision: CampaignDecision {
  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    guard let parent, parent.type == EventType.sendEmail,
      let email = parent.properties["email"]?.int.map(Int64.init),
      engagement.objects.contains(email)
    else { return false }
    // Opens of machines count, unless a person is asked for (EML-361); clicks of machines never come here.
    if event.type == "email.open", event.properties.truth("byPerson"),
      engagement.details["machine"] != nil
    {
      return false
    }
    let wanted =
      event.properties["urls"].map { urls in
        (urls["list"].map { $0.entriesOrSelf } ?? urls.entriesOrSelf)
          .compactMap { $0.text ?? $0["value"]?.text }.filter { !$0.isEmpty }
      } ?? []
    guard event.type == "email.click", !wanted.isEmpty else { return true }
    guard let url = engagement.url.map(Self.plain) else { return false }
    return wanted.contains { url.contains(Self.plain($0)) }
  }

  static let check: PropertyCheck = { event, check in
    check.truth("byPerson")
    guard let urls = event.properties["urls"], urls != .null else { return }
    let listed = (urls["list"] ?? urls).entriesOrSelf
    if !listed.allSatisfy({ ($0.text ?? $0["value"]?.text) != nil }) {
      check.refuse("urls", "is no list of texts")
    }
  }

  /// Returns a URL without scheme and trailing slash, in the form for comparisons.
  private static func plain(_ url: String) -> String {
    var text = WebAddress.comparable(url)[...]
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
      text = text.dropFirst(scheme.count)
      break
    }
    while text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }
}

/// Tests whether an engagement is about one of the listed records; an empty list matches any (`form.submit`,
/// `asset.download`).
struct ListedDecision: CampaignDecision {
  let member: String

  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    let ids = event.properties.ids(member) ?? []
    return ids.isEmpty || ids.contains { engagement.objects.contains($0) }
  }

  var check: PropertyCheck { { [member] _, check in check.numbers(member) } }
}

/// Tests whether a page is listed, or its address or referrer matches a pattern; without criteria any page
/// matches (`page.pagehit`, CAM-430).
struct PageDecision: CampaignDecision {
  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    let pages = event.properties.ids("pages") ?? []
    let addresses = Self.patterns(event.properties["url"]?.text)
    let referers = Self.patterns(event.properties["referer"]?.text)
    if pages.isEmpty, addresses.isEmpty, referers.isEmpty { return true }
    return pages.contains { engagement.objects.contains($0) }
      || addresses.contains { Self.matches(engagement.url, $0) }
      || referers.contains { Self.matches(engagement.details["referer"], $0) }
  }

  /// Whether an address matches a pattern, however each of them is encoded.
  private static func matches(_ url: String?, _ pattern: String) -> Bool {
    Wildcard.matches(WebAddress.comparable(url ?? ""), WebAddress.comparable(pattern))
  }

  static let check: PropertyCheck = { _, check in
    check.numbers("pages")
    check.optionalText("url")
    check.optionalText("referer")
  }

  private static func patterns(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingBlanks() }
      .filter { !$0.isEmpty }
  }
}

/// Tests whether the device of an engagement matches every given criterion (`page.devicehit`).
struct DeviceDecision: CampaignDecision {
  private static let members = ["device_type", "device_brand", "device_os"]

  static let check: PropertyCheck = { _, check in
    for member in members { check.texts(member) }
  }

  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    Self.members.allSatisfy { member in
      let wanted = event.properties.texts(member)
      let present = engagement.details[member]?.lowercased()
      return wanted.isEmpty || wanted.contains { $0.lowercased() == present }
    }
  }
}

/// Tests whether a text matches a pattern; an empty pattern matches any (`sms.reply`).
struct PatternDecision: CampaignDecision {
  let member: String
  let detail: String

  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    guard let pattern = event.properties[member]?.text, !pattern.isEmpty else { return true }
    return Wildcard.matches(engagement.details[detail] ?? "", pattern)
  }

  var check: PropertyCheck { { [member] _, check in check.optionalText(member) } }
}

/// Patterns with `*` for any characters and `?` for one; the whole text must match.
enum Wildcard {
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.lowercased().unicodeScalars)
    let pattern = Array(pattern.lowercased().unicodeScalars)
    var (t, p) = (0, 0)
    // The position of the last `*`, and the length of its match so far.
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

extension JSONValue {
  /// The items of a list, or the value itself as the only one.
  fileprivate var entriesOrSelf: [JSONValue] {
    if case .array(let items) = self { items } else { self == .null ? [] : [self] }
  }
}

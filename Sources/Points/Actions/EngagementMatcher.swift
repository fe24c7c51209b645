import Contacts
import Foundation
import Primitives

/// Matches engagements with the properties of a point action.
struct EngagementMatcher: Sendable {
  private let type: PointActionType
  /// The ids of the subjects; empty for any.
  private let subjects: Set<Int64>
  let url: UrlRule?
  /// The pattern of an event's name.
  let event: String?
  /// Whether opens of machines do not count (EML-361).
  private let wantsPerson: Bool

  /// Reads the properties.
  ///
  /// - Throws: `InvalidInput` naming the property.
  init(_ type: PointActionType, _ properties: JSONValue) throws(InvalidInput) {
    self.type = type
    wantsPerson =
      type == .emailOpen ? try UrlRule.truth(properties, "byPerson") : false
    guard let list = type.listProperty else {
      subjects = []
      event = type == .eventTrack ? try Self.event(properties) : nil
      url = type == .eventTrack ? nil : try UrlRule(properties)
      return
    }
    event = nil
    subjects = Set(try (properties[list] ?? .null).ids("properties.\(list)"))
    url = nil
  }

  func matches(_ engagement: PointEngagement) -> Bool {
    guard engagement.type == type, !(wantsPerson && engagement.isByMachine) else { return false }
    if let url { return url.matches(engagement) }
    if let event {
      return !event.isEmpty && UrlRule.matches((engagement.event ?? "").lowercased(), event)
    }
    return subjects.isEmpty || !subjects.isDisjoint(with: engagement.subjects)
  }

  /// The pattern of an event's name, whose case does not count.
  private static func event(_ properties: JSONValue) throws(InvalidInput) -> String {
    let text = properties["event"].map { $0 == .null ? "" : $0.text } ?? ""
    guard let text else { throw InvalidInput("properties.event", "must be a text") }
    guard text.utf8.count <= 200 else {
      throw InvalidInput("properties.event", "longer than 200 bytes")
    }
    return text.trimmingBlanks().lowercased()
  }
}

/// Matches visits of URLs with a point action: the whole URL matches the pattern (PTS-15), and all options that
/// are set hold.
struct UrlRule: Sendable {
  let pattern: String
  private let isFirst: Bool
  private let hits: Int?
  private let seconds: Int?
  private let within: Int?
  private let after: Int?

  /// The maximum length of a pattern.
  static let longest = 2_048

  init(_ properties: JSONValue) throws(InvalidInput) {
    let text = properties["page_url"].map { $0 == .null ? "" : $0.text } ?? ""
    guard let text else { throw InvalidInput("properties.page_url", "must be a text") }
    guard text.utf8.count <= Self.longest else {
      throw InvalidInput("properties.page_url", "longer than \(Self.longest) bytes")
    }
    pattern = text.trimmingBlanks()
    isFirst = try Self.truth(properties, "first_time")
    hits = try Self.number(properties, "page_hits")
    seconds = try Self.number(properties, "accumulative_time")
    within = try Self.number(properties, "returns_within")
    after = try Self.number(properties, "returns_after")
  }

  /// Whether earlier visits have to be known.
  var needsVisits: Bool {
    isFirst || hits != nil || seconds != nil || within != nil || after != nil
  }

  func matches(_ engagement: PointEngagement) -> Bool {
    guard let url = engagement.url, !pattern.isEmpty, Self.matches(url, pattern) else {
      return false
    }
    guard needsVisits else { return true }
    // Without known visits no option can hold.
    guard let visits = engagement.visits[pattern] else { return false }
    let pause = visits.last.map { engagement.at.timeIntervalSince($0) }
    if isFirst, visits.count > 0 { return false }
    if let hits, visits.count + 1 != hits { return false }
    if let seconds, visits.seconds < seconds { return false }
    if let within, pause.map({ $0 > Double(within) }) ?? true { return false }
    if let after, pause.map({ $0 < Double(after) }) ?? true { return false }
    return true
  }

  /// Whether a whole text matches a pattern; `*` stands for any text, including an empty one.
  ///
  /// A star takes as little as possible and more only when what follows does not match, so the work is at most
  /// the product of the lengths.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
    var (at, place) = (0, 0)
    var star: (place: Int, at: Int)?
    while at < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == text[at] {
        at += 1
        place += 1
      } else if let last = star {
        star = (last.place, last.at + 1)
        (at, place) = (last.at + 1, last.place + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// Reads a number; 0 and a missing value both mean that the option is not used.
  private static func number(
    _ properties: JSONValue, _ name: String
  ) throws(InvalidInput) -> Int? {
    guard let value = properties[name], value != .null, value != .string("") else { return nil }
    guard let number = value.int, number >= 0, number <= Int(Int32.max) else {
      throw InvalidInput(
        "properties.\(name)", "\(InvalidInput.shown(value.text ?? "a list")) is no whole number")
    }
    return number == 0 ? nil : number
  }

  static func truth(_ properties: JSONValue, _ name: String) throws(InvalidInput) -> Bool {
    guard let value = properties[name], value != .null else { return false }
    if value.text == "" { return false }
    guard let truth = BooleanWord.parse(value.text ?? "", trimming: false) else {
      throw InvalidInput("properties.\(name)", "must be a boolean")
    }
    return truth
  }
}

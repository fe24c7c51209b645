import Foundation
import Primitives

/// Evaluates segment filters one contact at a time, straight from the text of segments.md. It shares no
/// code with the compiler and prefers simplicity to speed.
struct ReferenceEvaluator {
  let world: ModelWorld

  /// The effective members of a segment (SEG-80).
  func members(of id: Int64) -> Set<Int64> {
    Set(world.contacts.filter { isMember($0, of: id) }.map(\.id))
  }

  /// Whether a contact is an effective member (section 9, SEG-80, SEG-81).
  func isMember(_ contact: ModelContact, of id: Int64) -> Bool {
    guard let segment = world.segments[id] else { return false }
    if segment.pinned.contains(contact.id) { return true }
    if segment.barred.contains(contact.id) { return false }
    return matches(contact, segment.filters)
  }

  /// Whether a contact satisfies filters (SEG-10).
  func matches(_ contact: ModelContact, _ filters: JSONValue) -> Bool {
    guard case .array(let list) = filters, !list.isEmpty else { return false }
    var groups: [[JSONValue]] = []
    for (index, filter) in list.enumerated() {
      let isOr = filter["glue"]?.text?.lowercased() == "or"
      if index == 0 || isOr {
        groups.append([filter])
      } else {
        groups[groups.count - 1].append(filter)
      }
    }
    return groups.contains { group in group.allSatisfy { holds($0, contact) } }
  }

  /// A value without the blanks at the ends that are compared with those of a whole text.
  private static func trimmed(_ value: JSONValue, _ word: String) -> JSONValue {
    guard case .string(var text) = value else { return value }
    let form = word.hasPrefix("!") ? String(word.dropFirst()) : word
    guard !["like", "regexp", "contains"].contains(form) else { return value }
    while form != "endsWith", let first = text.first, first.isWhitespace { text.removeFirst() }
    while form != "startsWith", let last = text.last, last.isWhitespace { text.removeLast() }
    return .string(text)
  }

  /// Whether one filter holds.
  func holds(_ filter: JSONValue, _ contact: ModelContact) -> Bool {
    let name = filter["field"]?.text ?? ""
    let object = filter["object"]?.text ?? "lead"
    let value = filter["properties"]?["filter"] ?? filter["filter"] ?? .null
    var word = filter["operator"]?.text ?? ""
    if word == "=", case .array = value { word = "in" }
    let ask = Question(
      word: word, value: Self.trimmed(value, word), type: filter["type"]?.text ?? "",
      dates: ReferenceDates(world), isCountry: world.fields[name]?.type == .country)
    if object == "company" {
      return ask.single(contact.company?[name], world.fields[name]?.type ?? .text)
    }
    switch name {
    case "leadlist": return membership(ask, contact)
    case "tags": return ask.records(contact.tags)
    case "globalcategory": return ask.records(contact.categories)
    case "owner_id": return ask.record(contact.values["owner_id"])
    case "stage": return ask.record(contact.values["stage_id"])
    case "date_added", "date_identified":
      let isInstant = name == "date_identified" && ask.type == "datetime"
      return ask.date(contact.values[name], isDay: !isInstant)
    case "date_modified", "last_active": return ask.single(contact.values[name], .datetime)
    case "is_published": return ask.single(contact.values[name], .boolean)
    case "generated_email_domain":
      var domain: ModelValue?
      if case .text(let email)? = contact.values["email"], let at = email.firstIndex(of: "@") {
        domain = .text(String(email[email.index(after: at)...]))
      }
      return ask.single(domain, .text)
    case "dnc_bounced": return ask.existence(contact.doNotContact["email"] == .bounced)
    case "dnc_unsubscribed": return ask.existence(contact.doNotContact["email"] == .unsubscribed)
    case "dnc_manual_email": return ask.existence(contact.doNotContact["email"] == .manual)
    case "dnc_bounced_sms": return ask.existence(contact.doNotContact["sms"] == .bounced)
    case "dnc_unsubscribed_sms": return ask.existence(contact.doNotContact["sms"] == .unsubscribed)
    case "dnc_manual_sms": return ask.existence(contact.doNotContact["sms"] == .manual)
    case "device_type": return ask.names(contact.devices.compactMap { $0["device"] })
    case "device_brand": return ask.names(contact.devices.compactMap { $0["device_brand"] })
    case "device_os": return ask.names(contact.devices.compactMap { $0["device_os_name"] })
    case "device_model": return ask.rows(contact.devices.map { $0["device_model"] })
    case "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term":
      return ask.rows(contact.utm.map { $0[name] })
    default: return ask.single(contact.values[name], world.fields[name]?.type ?? .text)
    }
  }

  /// The row "segment membership" of the table in section 4.5.
  private func membership(_ ask: Question, _ contact: ModelContact) -> Bool {
    if ask.word == "empty" || ask.word == "!empty" {
      let asking = segmentsAskingForAny()
      let others = world.segments.keys.filter { !asking.contains($0) }
      return others.contains { isMember(contact, of: $0) } == (ask.word == "!empty")
    }
    let wanted = ask.list.compactMap { Int64($0) }
    return ask.records(Set(wanted.filter { isMember(contact, of: $0) }))
  }

  /// Returns segments that test membership of any segment, themselves or through others.
  private func segmentsAskingForAny() -> Set<Int64> {
    func names(_ id: Int64) -> (any: Bool, ids: [Int64]) {
      var any = false
      var ids: [Int64] = []
      guard case .array(let filters)? = world.segments[id]?.filters else { return (any, ids) }
      for filter in filters where filter["field"]?.text == "leadlist" {
        let word = filter["operator"]?.text ?? ""
        if word == "empty" || word == "!empty" { any = true }
        let value = filter["properties"]?["filter"] ?? filter["filter"] ?? .null
        ids += Question(word: "in", value: value, type: "", dates: ReferenceDates(world)).list
          .compactMap { Int64($0) }
      }
      return (any, ids)
    }
    var asking = Set(world.segments.keys.filter { names($0).any })
    while true {
      let more = world.segments.keys.filter { id in
        !asking.contains(id) && names(id).ids.contains { asking.contains($0) }
      }
      if more.isEmpty { return asking }
      asking.formUnion(more)
    }
  }
}

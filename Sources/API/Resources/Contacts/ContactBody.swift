import Contacts
import Foundation

/// Reads the members of a contact as a request gives them (API page, 8.1, "Writing"). A whole entity that was read and
/// is sent back is accepted too (quirk 24).
struct ContactBody {
  private(set) var input = ContactInput()
  private var problems: [(field: String, messages: [String])] = []

  /// - Throws: `APIError` 400 naming each member that cannot be read.
  init(_ body: JSONValue) throws(APIError) {
    guard let object = body.asObject else { throw .badRequest("A contact must be an object.") }
    input.overwritesWithBlank = object["overwriteWithBlank"]?.truth ?? false
    for (name, value) in object.members { read(name, value) }
    guard problems.isEmpty else { throw .validation(problems) }
  }

  private mutating func refuse(_ field: String, _ message: String) {
    problems.append((field, [message]))
  }

  /// The members that are no fields; no field gets an alias like them (CON-21).
  enum Member: String, CaseIterable {
    case id, overwriteWithBlank, owner, stage, tags, ipAddress, doNotContact, companies
    case frequencyRules, lastActive
  }

  /// Tells which members are read, where that is recorded.
  static func note(_ body: JSONValue) {
    for member in Member.allCases { _ = body[member.rawValue] }
  }

  private mutating func read(_ name: String, _ value: JSONValue) {
    guard let member = Member(rawValue: name) else {
      input.values[name] = Self.fieldValue(value)
      return
    }
    switch member {
    case .id, .overwriteWithBlank: return
    case .owner: input.owner = id(value, "owner")
    case .stage: readStage(value)
    case .tags: readTags(value)
    case .ipAddress:
      let text = value.text?.trimmingBlanks ?? ""
      input.ipAddress = text.isEmpty ? nil : text
    case .doNotContact: readDoNotContact(value)
    case .companies: readCompanies(value)
    case .frequencyRules: readFrequencyRules(value)
    case .lastActive: input.values["last_active"] = Self.fieldValue(value)
    }
  }

  /// The value of a field; choices are joined by `|`.
  private static func fieldValue(_ value: JSONValue) -> ContactInput.Value {
    switch value {
    case .null: return .blank
    case .array, .object:
      guard let elements = value.elements else { return .nonsense }
      let texts = elements.compactMap(\.text)
      guard texts.count == elements.count else { return .nonsense }
      return texts.isEmpty ? .blank : .text(texts.joined(separator: "|"))
    default:
      guard let text = value.text, !text.trimmingBlanks.isEmpty else { return .blank }
      return .text(text)
    }
  }

  /// The id of a record: a number, a text, or a member of the record.
  private mutating func id(_ value: JSONValue, _ name: String) -> ContactInput.Member<Int64> {
    if value == .null || value.text?.trimmingBlanks.isEmpty == true || value.isEmptyContainer {
      return .cleared
    }
    guard let id = (value["id"] ?? value).integer, id > 0 else {
      refuse(name, "\(Self.shown(value)): not an id")
      return .absent
    }
    return .given(Int64(id))
  }

  private mutating func readStage(_ value: JSONValue) {
    if let name = value.text?.trimmingBlanks, !name.isEmpty, value.integer == nil {
      input.stage = .given(.name(name))
      return
    }
    switch id(value, "stage") {
    case .absent: return
    case .cleared: input.stage = .cleared
    case .given(let id): input.stage = .given(.id(id))
    }
  }

  /// Names, `-name` to remove one; an entity's own list has objects (CON-40 to CON-43).
  private mutating func readTags(_ value: JSONValue) {
    let names =
      value.elements?.map { ($0["tag"] ?? $0).text }
      ?? value.text.map { $0.split(separator: ",").map { String($0) } } ?? []
    for name in names {
      guard let text = name?.trimmingBlanks else {
        refuse("tags", "a tag must be a text")
        continue
      }
      let isRemoval = text.hasPrefix("-")
      let bare = isRemoval ? String(text.dropFirst()) : text
      guard !bare.trimmingBlanks.isEmpty else { continue }
      guard let clean = TagName.clean(bare) else {
        refuse("tags", "\(Self.shown(.string(bare))): not a text of at most 191 characters")
        continue
      }
      if isRemoval { input.removedTags.append(clean) } else { input.addedTags.append(clean) }
    }
  }

  private mutating func readDoNotContact(_ value: JSONValue) {
    for entry in value.elements ?? [] {
      do throws(APIError) {
        input.doNotContact.append(try DoNotContactBody.entry(entry))
      } catch {
        problems += error.details
      }
    }
  }

  private mutating func readCompanies(_ value: JSONValue) {
    guard value != .null else { return }
    let elements = value.elements ?? value.commaList.map { .string($0) }
    // A form cannot say "none" other than by an empty text, which overwrites nothing by itself.
    if elements.isEmpty, value.text != nil, !input.overwritesWithBlank { return }
    var ids: [Int64] = []
    for element in elements {
      guard case .given(let id) = id(element, "companies") else { continue }
      ids.append(id)
    }
    input.companies = ids
  }

  /// An object by channel, or the array of an entity that was read.
  private mutating func readFrequencyRules(_ value: JSONValue) {
    let rules: [(String, JSONValue)] =
      if case .object(let object) = value {
        object.members.map { ($0.value["channel"]?.text ?? $0.key, $0.value) }
      } else {
        (value.elements ?? []).map { ($0["channel"]?.text ?? "", $0) }
      }
    for (channel, rule) in rules {
      guard let channel = ChannelName.clean(channel), rule.asObject != nil else {
        refuse("frequencyRules", "a rule must be an object under the name of its channel")
        continue
      }
      input.frequencyRules[channel] = change(rule, "frequencyRules.\(channel)")
    }
  }

  private mutating func change(_ rule: JSONValue, _ name: String) -> FrequencyRuleChange {
    var change = FrequencyRuleChange()
    if let number = rule["frequencyNumber"] {
      change.number = .some(number.integer)
      if number.integer == nil, !Self.isBlank(number) {
        refuse("\(name).frequencyNumber", "\(Self.shown(number)): not a whole number")
      }
    }
    if let time = rule["frequencyTime"] {
      change.time = .some(Self.isBlank(time) ? nil : time.text?.uppercased())
    }
    if let preferred = rule["preferredChannel"] {
      change.isPreferred = preferred.truth
      if preferred.truth == nil {
        refuse("\(name).preferredChannel", "\(Self.shown(preferred)): neither true nor false")
      }
    }
    change.pauseFrom = date(rule, "pauseFromDate", name)
    change.pauseTo = date(rule, "pauseToDate", name)
    return change
  }

  private mutating func date(_ rule: JSONValue, _ member: String, _ name: String) -> Date?? {
    guard let value = rule[member] else { return nil }
    if Self.isBlank(value) { return .some(nil) }
    let date = value.text.flatMap { WireDate.parse($0.trimmingBlanks) }
    if date == nil { refuse("\(name).\(member)", "\(Self.shown(value)): not a date") }
    return .some(date)
  }

  private static func isBlank(_ value: JSONValue) -> Bool {
    value == .null || value.text?.trimmingBlanks.isEmpty == true
  }

  /// The beginning of a value, for a message.
  static func shown(_ value: JSONValue) -> String {
    InvalidInput.shown(value.text ?? String(decoding: value.rendered, as: UTF8.self))
  }
}

import Fields
import Foundation
import TestSupport

/// Makes contacts with values at the boundaries of rules: missing, empty, at midnight, a year ago.
struct RandomContacts {
  var generator: SeededGenerator
  let world: ModelWorld

  static let texts = [
    "a", "A", "ab", "b", "Ab%", "a_b", "axb", "50%", "Mr.", "mr.", "é", "É", "foo bar", "12", "20",
    #"x\y"#, "a|b", "oo", "a@b.example", "B@Foo.example", "no",
  ]
  static let numbers: [Double] = [0, 1, -1, 9, 12.5, 20, 0.1, 123_456.75, 1e20, -0.5]
  static let options = ["a", "ab", "B", "c d", "NULL", "q\"x", "1"]
  static let names = ["smartphone", "desktop", "Tablet", "", "Apple"]
  static let records: [Int64] = [1, 2, 3, 4]

  /// Makes a contact with an id.
  mutating func contact(_ id: Int64) -> ModelContact {
    var contact = ModelContact(id: id)
    for (alias, field) in world.fields.sorted(by: { $0.key < $1.key })
    where field.object == .contact {
      contact.values[alias] = value(field.type)
    }
    for name in ["date_identified", "date_modified", "last_active"] {
      contact.values[name] = value(.datetime)
    }
    contact.values["date_added"] = .instant(instant())
    contact.values["is_published"] = .boolean(!generator.once(in: 4))
    contact.values["points"] = .number(generator.pick([0, 0, 5, 9, 20, -3]))
    contact.values["owner_id"] = record()
    contact.values["stage_id"] = record()
    if !generator.once(in: 3) {
      var company: [String: ModelValue] = [:]
      for (alias, field) in world.fields.sorted(by: { $0.key < $1.key })
      where field.object == .company {
        company[alias] = value(field.type)
      }
      contact.company = company
    }
    contact.tags = Set(generator.some(Self.records))
    contact.categories = Set(generator.some(Self.records))
    for channel in ["email", "sms"] where generator.once(in: 3) {
      contact.doNotContact[channel] = generator.pick([.unsubscribed, .bounced, .manual])
    }
    for _ in 0..<(generator.next() % 3) {
      var device: [String: String] = [:]
      for column in ["device", "device_brand", "device_model", "device_os_name"]
      where !generator.once(in: 3) {
        device[column] = generator.pick(Self.names)
      }
      contact.devices.append(device)
    }
    for _ in 0..<(generator.next() % 3) {
      var utm: [String: String] = [:]
      for name in ["campaign", "content", "medium", "source", "term"]
      where !generator.once(in: 3) {
        utm["utm_\(name)"] = generator.pick(Self.texts + [""])
      }
      contact.utm.append(utm)
    }
    return contact
  }

  private mutating func record() -> ModelValue? {
    generator.once(in: 3) ? nil : .record(generator.pick(Self.records))
  }

  private mutating func value(_ type: FieldType) -> ModelValue? {
    guard !generator.once(in: 4) else { return nil }
    switch type {
    case .number: return .number(generator.pick(Self.numbers))
    case .boolean: return .boolean(generator.once(in: 2))
    case .date: return .day(day())
    case .datetime: return .instant(instant())
    case .multiselect: return .options(generator.some(Self.options))
    case .time: return nil
    default: return .text(generator.once(in: 6) ? "" : generator.pick(Self.texts))
    }
  }

  /// Returns a day near today, the same day of another year, the edge of a month, or any.
  private mutating func day() -> String {
    let date = anyDay(.gmt)
    return ReferenceDates(world).text(.instant(date), isDay: false).prefix(10).description
  }

  /// Returns an instant at or near a local or UTC midnight, or any.
  private mutating func instant() -> Date {
    let base = anyDay(generator.once(in: 2) ? world.timeZone : .gmt)
    return base + generator.pick([0, 0, -1, 1, 0.5, 3600, 43_200.25, 86_399, -7200])
  }

  private mutating func anyDay(_ zone: TimeZone) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var parts = calendar.dateComponents([.year, .month, .day], from: world.now)
    switch generator.next() % 6 {
    case 0: parts.day = (parts.day ?? 0) + generator.pick([-1, 0, 1, 2, -2, 7, -7])
    case 1: parts.day = (parts.day ?? 0) + Int(generator.next() % 30) - 15
    case 2: parts.month = (parts.month ?? 0) + generator.pick([-1, 1, -2, 2, 12])
    case 3: parts.year = (parts.year ?? 0) - Int(generator.next() % 40)
    case 4:
      parts.day = generator.pick([0, 1])
      parts.month = (parts.month ?? 0) + generator.pick([-1, 0, 1, 2])
    default:
      parts.year = generator.pick([1972, 2000, 2020])
      parts.month = generator.pick([1, 2, 3])
      parts.day = generator.pick([1, 28, 29])
    }
    return calendar.date(from: parts) ?? world.now
  }
}

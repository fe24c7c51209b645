import Foundation
import Primitives
import TestSupport

/// Makes filters of every field, type and operator, some in forms of older segments.
struct RandomFilters {
  var generator: SeededGenerator
  let world: ModelWorld
  /// The segments that filters may reference; empty leaves membership out.
  var segments: [Int64] = []
  /// Whether filters may test membership of any segment.
  var asksForAny = false

  private static let presence = ["empty", "!empty"]
  private static let equality = ["=", "!="]
  private static let order = ["gt", "gte", "lt", "lte"]
  private static let lists = ["in", "!in"]
  private static let all = ["in_all", "!in_all"]
  private static let patterns = [
    "like", "!like", "regexp", "!regexp", "startsWith", "endsWith", "contains",
  ]

  /// The operators of a type by the table of section 4.6.
  static func operators(_ type: String) -> [String] {
    switch type {
    case "text", "email", "url", "tel", "lookup", "textarea", "html":
      equality + presence + patterns + lists
    case "select", "country", "region", "locale", "timezone":
      equality + presence + lists + ["regexp", "!regexp"]
    case "number", "date", "datetime":
      equality + presence + order + patterns + ["between", "!between"]
    case "boolean": equality
    case "lookup_id", "stage": equality + presence
    default: presence + lists + all
    }
  }

  /// Makes one to five filters of a segment.
  mutating func filters() -> JSONValue {
    .array((0...(generator.next() % 5)).map { _ in filter() })
  }

  /// Makes one filter.
  mutating func filter() -> JSONValue {
    let aliases = world.fields.keys.sorted()
    var (name, object, type) = ("", "lead", "")
    if generator.once(in: 3) {
      (name, type) = special()
      if generator.once(in: 5) { object = "behaviors" }
    } else {
      name = generator.pick(aliases)
      guard let field = world.fields[name] else { return .null }
      object = field.object.rawValue
      type = field.type.rawValue
    }
    var operators = Self.operators(type)
    switch name {
    case "generated_email_domain": operators.removeAll { Self.lists.contains($0) }
    case "device_model": operators = ["=", "like", "regexp"]
    case let name where name.hasPrefix("utm_"): operators += Self.order
    case "leadlist" where !asksForAny: operators = Self.lists + Self.all
    default: break
    }
    let word = generator.pick(operators)
    var sent = type
    // The type of a filter only matters on instants (SEG-39, SEG-42).
    if type == "datetime" || name == "date_identified" {
      sent = generator.pick(["date", "datetime", "text"])
    } else if generator.once(in: 8) {
      sent = "text"
    }
    let wanted = value(word, type, name)
    var filter: [String: JSONValue] = [
      "glue": .string(generator.pick(["and", "or", "AND", "Or"])), "object": .string(object),
      "field": .string(name), "type": .string(sent), "operator": .string(word),
    ]
    if generator.once(in: 5) {
      filter["filter"] = wanted
    } else {
      filter["properties"] = .object(["filter": wanted])
      if generator.once(in: 5) { filter["filter"] = .string("other") }
    }
    return .object(filter)
  }

  private mutating func special() -> (String, String) {
    var fields = [
      ("tags", "tags"), ("tags", "tags"), ("globalcategory", "globalcategory"),
      ("owner_id", "lookup_id"), ("stage", "stage"), ("date_added", "date"),
      ("date_identified", "date"), ("date_modified", "datetime"), ("last_active", "datetime"),
      ("is_published", "boolean"), ("generated_email_domain", "text"),
      ("dnc_bounced", "boolean"), ("dnc_unsubscribed", "boolean"),
      ("dnc_manual_email", "boolean"), ("dnc_bounced_sms", "boolean"),
      ("dnc_unsubscribed_sms", "boolean"), ("dnc_manual_sms", "boolean"),
      ("device_type", "device_type"), ("device_brand", "device_brand"),
      ("device_os", "device_os"), ("device_model", "text"), ("utm_source", "text"),
      ("utm_campaign", "text"), ("utm_medium", "text"),
    ]
    if !segments.isEmpty { fields += Array(repeating: ("leadlist", "leadlist"), count: 8) }
    return generator.pick(fields)
  }

  private mutating func value(_ word: String, _ type: String, _ name: String) -> JSONValue {
    if word == "empty" || word == "!empty" {
      return generator.pick([.null, .string(""), .string("x")])
    }
    if word == "regexp" || word == "!regexp" { return .string(generator.pick(patterns(type))) }
    if Self.patterns.contains(word) { return .string(generator.pick(parts(type))) }
    switch type {
    case "number":
      if word.hasSuffix("between") { return .array([number(), number()]) }
      return generator.once(in: 20) ? .string("many") : number()
    case "boolean":
      return generator.pick([
        .integer(1), .integer(0), .string("1"), .string("0"), .boolean(true), .boolean(false),
        .string("yes"), .string("false"), .null, .string(""),
      ])
    case "date", "datetime":
      if word.hasSuffix("between") { return .array([.string(date()), .string(date())]) }
      return .string(generator.once(in: 6) ? anniversary() : date())
    case "lookup_id", "stage":
      let id = generator.pick([Int64(1), 2, 3, 9])
      return generator.once(in: 2) ? .integer(id) : .string("\(id)")
    case "leadlist":
      // Each must exist.
      return list(generator.some(segments, oneIn: 2).map { "\($0)" }, numbers: true)
    case "tags", "globalcategory":
      return list(generator.some([1, 2, 3, 4, 99], oneIn: 2).map { "\($0)" }, numbers: true)
    case "multiselect":
      return list(generator.some(RandomContacts.options + ["z", "A"], oneIn: 5), numbers: false)
    case "device_type", "device_brand", "device_os":
      return list(generator.some(["Smartphone", "desktop", "x", "Apple"]), numbers: false)
    default:
      let texts = RandomContacts.texts + ["MR.", "zz", "AB%"]
      guard word == "in" || word == "!in" else {
        return generator.once(in: 25) ? .null : .string(generator.pick(texts))
      }
      return list(generator.some(texts.filter { !$0.contains("|") }, oneIn: 8), numbers: false)
    }
  }

  /// Returns a list in one of the accepted forms.
  private mutating func list(_ texts: [String], numbers: Bool) -> JSONValue {
    switch generator.next() % 3 {
    case 0: return .string(texts.joined(separator: generator.pick(["|", " | "])))
    case 1 where numbers: return .array(texts.compactMap { Int64($0).map(JSONValue.integer) })
    default: return .array(texts.map { .string($0) })
    }
  }

  private mutating func number() -> JSONValue {
    generator.pick([
      .integer(0), .integer(9), .string("20"), .number(12.5), .string("12.5"), .string(" 9 "),
      .string("-1"), .integer(5), .string("1e20"), .number(0.1),
    ])
  }

  private mutating func parts(_ type: String) -> [String] {
    switch type {
    case "number": ["1", "12.5", "20", "2%", ".", "-", "%5", "%"]
    case "date", "datetime":
      ["20", "-01-", "2020", "%-29", "2026-1", "00:00", "%01%-%", ":59", "01-01", "%"]
    default: RandomContacts.texts + ["%b", "a%", "%", "%o%o%", "_", "%%", "%|%", ""]
    }
  }

  private mutating func patterns(_ type: String) -> [String] {
    switch type {
    case "number": ["^1", #"\\."#, "[0-9]{3}", "0$", "^-"]
    case "date", "datetime": ["^2020", "-(01|02)-", "29$", "00:00:00$", "[[:digit:]]{4}-1"]
    default: ["^a", "b$", "[0-9]+", "a|b", "^$", "o{2}", ".", #"\\."#, "^[[:alpha:]]+$", "É", ""]
    }
  }

  private mutating func date() -> String {
    let units = ["day", "days", "week", "weeks", "month", "months", "year", "years"]
    switch generator.next() % 8 {
    case 0, 1, 2:
      return generator.pick([
        "today", "tomorrow", "yesterday", "this week", "last week", "next week", "this month",
        "last month", "next month", "this year", "last year", "next year",
      ])
    case 3, 4:
      let count = generator.pick([0, 1, 2, 7, 13])
      let unit = generator.pick(units)
      return generator.pick([
        "+\(count) \(unit)", "-\(count) \(unit)", "\(count) \(unit)", "\(count) \(unit) ago",
      ])
    case 5:
      let month = generator.pick([
        "previous month", "this month", "next month", "February 2020", "december 2025",
      ])
      return generator.pick(["first", "last"]) + " day of " + month
    default:
      let day = ReferenceDates(world).text(
        .instant(world.now + Double(Int(generator.next() % 21) - 10) * 86_400), isDay: false)
      return generator.pick([
        String(day.prefix(10)), day.prefix(10) + " 00:00", day.prefix(10) + " 00:00:01", day,
        "2020-01-01",
      ])
    }
  }

  private mutating func anniversary() -> String {
    generator.pick(["birthday", "anniversary"])
      + generator.pick(["", " -7 days", " +1 month", " 1 day", " 2 weeks ago"])
  }
}

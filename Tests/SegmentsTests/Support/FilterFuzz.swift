import Fields
import Foundation
import Primitives
import TestSupport

@testable import Segments

/// Makes JSON that is nearly a list of filters: valid ones with a change, and plain nonsense.
struct FilterFuzz {
  var generator: SeededGenerator

  /// A marker that every generated text contains.
  static let marker = "zq'\"\\;--$1"

  /// The fields that databases of ``ModelLoader`` have.
  let fields = FieldSet(
    version: 1,
    fields: FieldObject.allCases.flatMap { object in
      ModelLoader.types.map { type in
        Field(
          id: 0, object: object, alias: "\(object == .contact ? "c" : "k")_\(type.rawValue)",
          type: type, dateAdded: .distantPast)
      }
    })
  let compiler: SegmentCompiler

  init(generator: SeededGenerator) {
    self.generator = generator
    compiler = SegmentCompiler(
      registry: .contacts, fields: fields, timeZone: .gmt,
      now: Date(timeIntervalSince1970: 1_795_000_000), segments: [1: .none])
  }

  mutating func filters() -> JSONValue {
    if generator.once(in: 30) { return anything(3) }
    return .array((0..<(generator.next() % 4)).map { _ in filter() })
  }

  private mutating func filter() -> JSONValue {
    if generator.once(in: 30) { return anything(3) }
    let names = fields.all.map(\.alias) + FilterRegistry.contacts.all.map(\.name)
    var members: [String: JSONValue] = [
      "glue": .string(generator.pick(["and", "or", "OR"])), "type": "text",
      "object": .string(generator.pick(["lead", "lead", "company", "behaviors", "groups"])),
      "field": .string(generator.pick(names)),
      "operator": .string(generator.pick(FilterOperator.allCases).rawValue),
    ]
    members[generator.once(in: 3) ? "filter" : "properties"] = .object(["filter": value()])
    if generator.once(in: 2) { members["properties"] = .object(["filter": value()]) }
    if generator.once(in: 6) {
      members[generator.pick(members.keys.sorted())] = anything(3)
    }
    if generator.once(in: 10) { members[generator.pick(members.keys.sorted())] = nil }
    return .object(members)
  }

  private mutating func value() -> JSONValue {
    if generator.once(in: 8) { return anything(2) }
    return generator.pick([
      .string(Self.marker), .string("today"), .string("-3 days"), .string("1"), .integer(1),
      .number(1.5), .array([.integer(1)]), .array([.string(Self.marker), .string("1")]),
      .array([.integer(1), .integer(2)]), .string("birthday"), .boolean(true),
      .string("2026-11-21"), .string("%" + Self.marker), .string("+999999 years"),
      .string("999999 weeks ago"), .string("9999-12-31 23:59:59"), .string("0001-01-01"),
      .integer(.max), .number(1e300), .string("last day of december 9999"),
      .array([.string("-999999 years"), .string("+999999 months")]),
      .array([.string("today"), .string("1 day")]),
    ])
  }

  /// Returns any JSON, a few levels deep.
  private mutating func anything(_ depth: Int) -> JSONValue {
    switch generator.next() % (depth > 0 ? 9 : 7) {
    case 0: return .null
    case 1: return .boolean(generator.once(in: 2))
    case 2: return .integer(generator.pick([0, -1, .max, .min, 7]))
    case 3: return .number(generator.pick([0.5, -1e300, 1e19, .infinity]))
    case 4: return .string("")
    case 5: return .string(Self.marker)
    case 6: return .string(generator.pick(["\u{0}", "é|", "|", " ", "0", "NULL", "and"]))
    case 7: return .array((0..<(generator.next() % 4)).map { _ in anything(depth - 1) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<(generator.next() % 4) {
        members[generator.pick(["filter", "0", "1", "-1", "x"])] = anything(depth - 1)
      }
      return .object(members)
    }
  }
}

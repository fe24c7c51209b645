import Fields
import Foundation
import Primitives

/// One filter's operator and value, applied to values by the tables of section 4.
struct Question {
  let word: String
  let value: JSONValue
  let type: String
  let dates: ReferenceDates
  /// Whether the field's values are countries, which have several names.
  var isCountry = false

  /// Whether a value passes, according to the type of its field.
  func single(_ own: ModelValue?, _ type: FieldType) -> Bool {
    switch type {
    case .number:
      guard case .number(let number)? = own else { return missing }
      return self.number(number)
    case .boolean:
      guard case .boolean(let isTrue)? = own else {
        // Never set: matches neither `= 1` nor `= 0`, and both negative forms (SEG-22).
        return word == "!="
      }
      return (isTrue == boolean) == (word == "=")
    case .date: return date(own, isDay: true)
    case .datetime: return date(own, isDay: self.type == "date")
    case .multiselect:
      guard case .options(let options)? = own, !options.isEmpty else { return missing }
      return self.options(options)
    default:
      var text: String?
      if case .text(let own)? = own { text = own }
      return self.text(text)
    }
  }

  /// The result for a missing value, by the table of 4.2.
  private var missing: Bool {
    ["!=", "!like", "!in", "!between", "!in_all", "empty"].contains(word)
  }

  /// Whether a text passes; null and the empty text are missing, but `!regexp` tells them apart.
  private func text(_ own: String?) -> Bool {
    if word == "!regexp" {
      guard let own else { return false }
      return !compare("regexp", own)
    }
    guard let own, !own.isEmpty else { return missing }
    return positive(own)
  }

  /// Whether a present value passes the positive operator.
  private func positive(_ own: String) -> Bool {
    switch word {
    case "empty": false
    case "!empty": true
    case "!=": !compare("=", own)
    case "!like", "!in", "!regexp": !compare(String(word.dropFirst()), own)
    default: compare(word, own)
    }
  }

  /// A text in lower case, with the stored name of the country that it means.
  private func names(_ text: String) -> [String] {
    let stored = isCountry ? ValueList.countries.canonical(text) : nil
    return [text, stored ?? text].map { $0.lowercased() }
  }

  private func compare(_ word: String, _ own: String) -> Bool {
    let own = own.lowercased()
    let wanted = (value.text ?? "").lowercased()
    switch word {
    case "=": return names(value.text ?? "").contains(own)
    case "in": return list.contains { names($0).contains(own) }
    case "gt": return bytes(wanted, own)
    case "gte": return !bytes(own, wanted)
    case "lt": return bytes(own, wanted)
    case "lte": return !bytes(wanted, own)
    case "startsWith": return own.hasPrefix(wanted)
    case "endsWith": return own.hasSuffix(wanted)
    case "contains": return wanted.isEmpty || own.contains(wanted)
    case "like":
      guard wanted.contains("%") else { return wanted.isEmpty || own.contains(wanted) }
      return wildcard(Array(wanted), Array(own))
    case "regexp":
      let pattern = (value.text ?? "").replacing("\\\\", with: "\\")
      if pattern.isEmpty { return true }
      return own.range(of: pattern, options: [.regularExpression, .caseInsensitive]) != nil
    default: return false
    }
  }

  private func bytes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Whether a text matches a pattern in which `%` stands for any run of characters (SEG-27).
  private func wildcard(_ pattern: [Character], _ text: [Character]) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = Array(pattern.dropFirst())
    if first == "%" {
      return (0...text.count).contains { wildcard(rest, Array(text.dropFirst($0))) }
    }
    return text.first == first && wildcard(rest, Array(text.dropFirst()))
  }

  private func number(_ own: Double) -> Bool {
    let wanted = number(value)
    switch word {
    case "empty": return false
    case "!empty": return true
    case "=": return own == wanted
    case "!=": return own != wanted
    case "gt": return own > wanted
    case "gte": return own >= wanted
    case "lt": return own < wanted
    case "lte": return own <= wanted
    case "between", "!between":
      guard case .array(let ends) = value, ends.count == 2 else { return false }
      let isInside = own >= number(ends[0]) && own <= number(ends[1])
      return isInside == (word == "between")
    default:
      // The shortest decimal text (SEG-35).
      let decimal = Decimal(string: "\(own)") ?? 0
      return text("\(decimal)")
    }
  }

  private func number(_ value: JSONValue) -> Double {
    Double((value.text ?? "").trimmingCharacters(in: .whitespaces)) ?? 0
  }

  /// SEG-34.
  private var boolean: Bool {
    switch value {
    case .null, .boolean(false), .integer(0), .string(""), .string("0"), .string("false"): false
    default: true
    }
  }

  /// Whether a multiselect passes (SEG-36): `in` is all of them, `!in` none of them.
  private func options(_ own: [String]) -> Bool {
    let own = Set(own.map { $0.lowercased() })
    let wanted = Set(list.map { $0.lowercased() })
    let holdsAll = !wanted.isEmpty && wanted.isSubset(of: own)
    switch word {
    case "in", "in_all": return holdsAll
    case "!in_all": return !holdsAll
    case "!in": return wanted.isDisjoint(with: own)
    case "empty": return own.isEmpty
    case "!empty": return !own.isEmpty
    default: return false
    }
  }

  /// Whether one record's id passes: owner, stage.
  func record(_ own: ModelValue?) -> Bool {
    var id: Int64?
    if case .record(let own)? = own { id = own }
    switch word {
    case "empty": return id == nil
    case "!empty": return id != nil
    case "=": return id != nil && id == Int64(value.text ?? "")
    case "!=": return id == nil || id != Int64(value.text ?? "")
    default: return false
    }
  }

  /// Whether tags, categories or segments pass: `in` is some of them (SEG-36).
  func records(_ own: Set<Int64>) -> Bool {
    set(own, Set(list.compactMap { Int64($0) }))
  }

  /// Whether types, brands or systems of devices pass.
  func names(_ own: [String]) -> Bool {
    let own = own.filter { !$0.isEmpty }
    return set(Set(own.map { $0.lowercased() }), Set(list.map { $0.lowercased() }))
  }

  private func set<Element: Hashable>(_ own: Set<Element>, _ wanted: Set<Element>) -> Bool {
    let hasAll = !wanted.isEmpty && wanted.isSubset(of: own)
    switch word {
    case "in": return !own.isDisjoint(with: wanted)
    case "!in": return own.isDisjoint(with: wanted)
    case "in_all": return hasAll
    case "!in_all": return !hasAll
    case "empty": return own.isEmpty
    case "!empty": return !own.isEmpty
    default: return false
    }
  }

  /// Whether texts of related rows pass: a positive form needs some row, a negative one that no row has
  /// the positive form, `!regexp` some row without it (SEG-60 to SEG-62).
  func rows(_ own: [String?]) -> Bool {
    let filled = own.compactMap { $0 }.filter { !$0.isEmpty }
    switch word {
    case "empty": return filled.isEmpty
    case "!empty": return !filled.isEmpty
    case "!=": return !filled.contains { compare("=", $0) }
    case "!like", "!in": return !filled.contains { compare(String(word.dropFirst()), $0) }
    case "!regexp": return own.contains { $0.map { !compare("regexp", $0) } ?? false }
    default: return filled.contains { compare(word, $0) }
    }
  }

  /// Whether existence passes (SEG-65).
  func existence(_ exists: Bool) -> Bool { (exists == boolean) == (word == "=") }

  /// Whether a date passes, compared by days or to the second.
  func date(_ own: ModelValue?, isDay: Bool) -> Bool {
    if word == "empty" { return own == nil }
    if word == "!empty" { return own != nil }
    let isPattern = [
      "like", "!like", "regexp", "!regexp", "startsWith", "endsWith", "contains",
    ].contains(word)
    if isPattern { return text(own.map { dates.text($0, isDay: isDay) }) }
    return dates.holds(self, own, isDay: isDay)
  }

  /// The entries of a list, trimmed, without empty ones.
  var list: [String] {
    var texts: [String] = []
    switch value {
    case .array(let entries): texts = entries.compactMap(\.text)
    case .string(let text): texts = text.components(separatedBy: "|")
    default: texts = [value.text].compactMap { $0 }
    }
    return texts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

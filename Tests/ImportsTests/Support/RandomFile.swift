import TestSupport

@testable import Imports

/// Files with few distinct values, so that rows often match each other.
struct RandomFile {
  var targets: [String?]
  var names: [String]
  var rows: [[String]?]

  var text: String {
    var lines = [names.map(Self.quoted).joined(separator: ",")]
    lines += rows.map { $0?.map(Self.quoted).joined(separator: ",") ?? "" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ value: String) -> String {
    value.contains { ",\"\n\r".contains($0) }
      ? "\"" + value.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : value
  }

  var mapping: [String: String] {
    var mapping: [String: String] = [:]
    for (name, target) in zip(names, targets) { if let target { mapping[name] = target } }
    return mapping
  }

  static func make(rows count: Int, ids: [Int64], using random: inout SeededGenerator) -> RandomFile
  {
    let optional = [
      "firstname", "lastname", "mobile", "company", "attribution", "position", "tags", "points",
      "owner", "stage", "doNotEmail", "id",
    ]
    var targets: [String?] = ["email"]
    for target in optional where Int.random(in: 0..<2, using: &random) == 0 {
      if target == "id", Int.random(in: 0..<2, using: &random) == 0 { continue }
      targets.append(target)
    }
    if Int.random(in: 0..<3, using: &random) == 0 { targets.append(nil) }
    targets.shuffle(using: &random)
    let keys = max(1, count / Int.random(in: 1...6, using: &random))
    let rows: [[String]?] = (0..<count).map { _ in
      if Int.random(in: 0..<20, using: &random) == 0 { return nil }
      var row = targets.map { value($0, keys: keys, ids: ids, using: &random) }
      switch Int.random(in: 0..<30, using: &random) {
      case 0: row.append("surplus")
      case 1: row.removeLast()
      default: break
      }
      // A row of one empty value would be a blank line.
      return row.isEmpty ? nil : row
    }
    return RandomFile(
      targets: targets, names: targets.indices.map { "column \($0)" }, rows: rows)
  }

  private static func value(
    _ target: String?, keys: Int, ids: [Int64], using random: inout SeededGenerator
  ) -> String {
    let chance = Int.random(in: 0..<12, using: &random)
    if chance == 0 { return "" }
    if chance == 1, target != nil { return "NULL" }
    let key = Int.random(in: 0..<max(1, keys), using: &random)
    func pick(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
    switch target {
    case "email":
      return pick(["user\(key)@example.com", " USER\(key)@example.com ", "User\(key)@Example.com"])
        + (Int.random(in: 0..<25, using: &random) == 0 ? "@" : "")
    case "mobile": return "+49 \(key % 7)"
    case "firstname": return pick(["Ada", "Grace", "Søren, \"S\"", "tab\tand\\slash"])
    case "lastname": return pick(["Lovelace", "Hopper", "two\nlines"])
    case "company": return pick(["Acme", "ACME", "Umbrella", "Chemel \"Jim\"", "燕"])
    case "attribution": return pick(["1", "2.50", "many", "0"])
    case "position": return pick(["CTO", "Owner"])
    case "tags": return pick(["a", "A|b", "-a", "b|-c", "c|a|-b", "|"])
    case "points": return pick(["0", "5", "-3", "x"])
    case "owner": return pick(["1", "2", "9"])
    case "stage": return pick(["Lead", "lead", "Customer"])
    case "doNotEmail": return pick(["yes", "no", "maybe", "1", "off"])
    case "id": return ids.randomElement(using: &random).map(String.init) ?? "77777"
    default: return "whatever"
    }
  }
}

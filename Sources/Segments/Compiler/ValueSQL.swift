import Foundation
import Postgres

/// A value in SQL, and conditions on it.
///
/// Every condition is true or false, never null, so that it can be negated (SEG-14).
struct ValueSQL {
  let value: SQL
  let storage: ValueStorage
  var isNeverNull = false

  /// Returns the condition for a test on a single value.
  func condition(_ test: FilterTest) -> SQL {
    switch test {
    case .empty: return "NOT \(sql: present)"
    case .notEmpty: return present
    case .passes(.nothing): return "false"
    case .fails(.nothing): return "true"
    case .passes(let test): return "(\(sql: filled(for: test))\(sql: passing(test)))"
    case .fails(let test): return "NOT (\(sql: filled(for: test))\(sql: passing(test)))"
    case .lacks(let test): return "(\(sql: notNull)NOT \(sql: passing(test)))"
    case .passesAll(let tests):
      return "(\(sql: tests.map { condition(.passes($0)) }.joined(separator: " AND ")))"
    case .failsSome(let tests):
      return "NOT \(sql: condition(.passesAll(tests)))"
    }
  }

  /// Returns the condition that a related row's value passes; null counts as false there.
  func row(_ test: ValueTest) -> SQL {
    if case .nothing = test { return "false" }
    return canPassEmpty(test)
      ? "\(sql: value) <> '' AND \(sql: passing(test))" : passing(test)
  }

  /// The condition that a value is present (segments.md 4.2).
  var present: SQL {
    switch storage {
    case .text: "(\(sql: notNull)\(sql: value) <> '')"
    case .texts: "(\(sql: notNull)cardinality(\(sql: value)) > 0)"
    default: isNeverNull ? "true" : "(\(sql: value) IS NOT NULL)"
    }
  }

  private var notNull: SQL { isNeverNull ? "" : "\(sql: value) IS NOT NULL AND " }

  /// The further condition that keeps a missing value from passing the test.
  private func filled(for test: ValueTest) -> SQL {
    canPassEmpty(test) ? "\(sql: notNull)\(sql: value) <> '' AND " : notNull
  }

  /// Whether the empty text, which counts as missing, would pass.
  private func canPassEmpty(_ test: ValueTest) -> Bool {
    guard storage == .text else { return false }
    switch test {
    case .like(let pattern): return !pattern.contains { $0 != "%" }
    case .regexp: return true
    case .textOrder(let order, _): return order != .greater
    default: return false
    }
  }

  /// Returns the test itself, on a value that is not null.
  func passing(_ test: ValueTest) -> SQL {
    switch test {
    case .nothing: return "false"
    case .text(let text): return "(lower(\(sql: value)) = lower(\(text)))"
    case .texts(let texts):
      if texts.count == 1, let text = texts.first { return passing(.text(text)) }
      // A set that is hashed once, however many values it has.
      return """
        (lower(\(sql: value)) IN (SELECT lower(wanted) FROM unnest(\(texts)::text[]) AS wanted))
        """
    case .textOrder(let order, let text):
      return """
        (lower(\(sql: value)) COLLATE "C" \(sql: order.sql) lower(\(text)) COLLATE "C")
        """
    case .like(let pattern): return "(lower(\(sql: value)) LIKE lower(\(pattern)))"
    case .regexp(let pattern): return "(\(sql: value) ~* \(pattern))"
    case .number(let number): return "(\(sql: value) = \(number))"
    case .numberOrder(let order, let number):
      return "(\(sql: value) \(sql: order.sql) \(number))"
    case .numbers(let bounds):
      return "(\(sql: value) BETWEEN \(bounds.lower) AND \(bounds.upper))"
    case .boolean(let isTrue): return isTrue ? "\(sql: value)" : "(NOT \(sql: value))"
    case .record(let id): return "(\(sql: value) = \(id))"
    case .records(let ids): return "(\(sql: value) = ANY (\(ids)))"
    case .dates(let from, let before): return dates(from, before)
    case .monthAndDay(let month, let day, let zone):
      let local = storage == .instant ? Self.local(value, zone) : value
      return """
        (extract(month FROM \(sql: local)) = \(month) AND extract(day FROM \(sql: local)) = \(day))
        """
    case .options(let options): return "(\(sql: folded) @> \(sql: Self.folded(options)))"
    case .anyOption(let options): return "(\(sql: folded) && \(sql: Self.folded(options)))"
    case .characters(let test, let form):
      return ValueSQL(value: characters(form), storage: .text).passing(test)
    }
  }

  private func dates(_ from: DateEdge?, _ before: DateEdge?) -> SQL {
    var parts: [SQL] = []
    if let from { parts.append("\(sql: value) >= \(sql: from.sql)") }
    if let before { parts.append("\(sql: value) < \(sql: before.sql)") }
    return "(\(sql: parts.joined(separator: " AND ")))"
  }

  /// The value as people write it (SEG-35, SEG-44).
  private func characters(_ form: DateForm?) -> SQL {
    switch form {
    case .day: return "to_char(\(sql: value), 'YYYY-MM-DD')"
    case .dayOf(let zone): return "to_char(\(sql: Self.local(value, zone)), 'YYYY-MM-DD')"
    case .second: return "to_char(\(sql: value) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    case nil: break
    }
    switch storage {
    // Uses the shortest text that gives the same double, which may have an exponent.
    case .double: return "trim_scale(\(sql: value)::text::numeric)::text"
    case .numeric: return "trim_scale(\(sql: value))::text"
    default: return "\(sql: value)::text"
    }
  }

  private static func local(_ instant: SQL, _ zone: TimeZone) -> SQL {
    // PostgreSQL reads the sign of a name such as GMT+0200 the other way round.
    guard zone.identifier.hasPrefix("GMT"), zone.identifier.count > 3 else {
      return "(\(sql: instant) AT TIME ZONE \(zone.identifier))"
    }
    return "(\(sql: instant) AT TIME ZONE make_interval(secs => \(zone.secondsFromGMT())))"
  }

  /// The options in lower case, converted together through the array's text.
  private var folded: SQL { "lower(\(sql: value)::text)::text[]" }
  private static func folded(_ options: [String]) -> SQL {
    "lower((\(options)::text[])::text)::text[]"
  }
}

extension ValueOrder {
  /// The SQL operator.
  var sql: SQL {
    switch self {
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .less: "<"
    case .lessOrEqual: "<="
    }
  }
}

extension DateEdge {
  /// The edge in SQL.
  var sql: SQL {
    switch self {
    case .day(let day): "(DATE 'epoch' + \(Int32(clamping: day)))"
    case .instant(let date): "\(date)"
    }
  }
}

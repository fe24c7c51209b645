import Postgres

/// Conditions on rows that hang on a contact.
///
/// They are `EXISTS` with the contact's id: the planner makes joins by hash of them for whole tables, and
/// look-ups in an index for a few contacts.
struct RelatedSQL {
  /// What follows `FROM`, tied to the contact.
  let rows: SQL
  let value: ValueSQL

  func condition(_ test: FilterTest) -> SQL {
    switch test {
    // A positive form needs some row (SEG-60), a negative one that there is no such row (SEG-61).
    case .empty: return "NOT \(sql: exists(value.present))"
    case .notEmpty: return exists(value.present)
    case .passes(.nothing): return "false"
    case .fails(.nothing): return "true"
    case .passes(let test): return exists(value.row(test))
    case .fails(let test): return "NOT \(sql: exists(value.row(test)))"
    // Of this one, a row that passes it must exist (SEG-62).
    case .lacks(let test): return exists(value.condition(.lacks(test)))
    case .passesAll(let tests): return all(tests)
    case .failsSome(let tests): return "NOT \(sql: all(tests))"
    }
  }

  /// The same for what at most one row has, where a contact without a row matches no comparison.
  func optional(_ test: FilterTest) -> SQL {
    switch test {
    case .fails, .lacks, .failsSome: exists(value.condition(test) + " AND " + value.present)
    default: condition(test)
    }
  }

  private func exists(_ condition: SQL) -> SQL {
    "EXISTS (SELECT FROM \(sql: rows) AND \(sql: condition))"
  }

  /// Each of several values is found. The first ones narrow the contacts down by joins of their own.
  private func all(_ tests: [ValueTest]) -> SQL {
    var parts = tests.prefix(3).map { exists(value.row($0)) }
    let rest = Array(tests.dropFirst(3))
    if !rest.isEmpty {
      let ids: [Int64] = rest.compactMap { if case .record(let id) = $0 { id } else { nil } }
      let texts: [String] = rest.compactMap { if case .text(let text) = $0 { text } else { nil } }
      parts.append(
        texts.isEmpty
          ? """
          NOT EXISTS (SELECT FROM unnest(\(ids)::bigint[]) AS wanted
            WHERE NOT \(sql: exists("\(sql: value.value) = wanted")))
          """
          : """
          NOT EXISTS (SELECT FROM unnest(\(texts)::text[]) AS wanted
            WHERE NOT \(sql: exists("lower(\(sql: value.value)) = lower(wanted)")))
          """)
    }
    return "(\(sql: parts.joined(separator: " AND ")))"
  }
}

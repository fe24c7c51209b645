import Postgres

/// Conditions on rows related to a contact.
///
/// They are `EXISTS` with the contact's id: the planner turns them into hash joins for whole tables, and
/// into index lookups for a few contacts.
struct RelatedSQL {
  /// The SQL that follows `FROM`, joined to the contact.
  let rows: SQL
  let value: ValueSQL

  func condition(_ test: FilterTest) -> SQL {
    switch test {
    // A positive form needs some row (SEG-60), a negative one the absence of such a row (SEG-61).
    case .empty: return "NOT \(sql: exists(value.present))"
    case .notEmpty: return exists(value.present)
    case .passes(.nothing): return "false"
    case .fails(.nothing): return "true"
    case .passes(let test): return exists(value.row(test))
    case .fails(let test): return "NOT \(sql: exists(value.row(test)))"
    // `lacks` needs a row that passes the negated test (SEG-62).
    case .lacks(let test): return exists(value.condition(.lacks(test)))
    case .passesAll(let tests): return all(tests)
    case .failsSome(let tests): return "NOT \(sql: all(tests))"
    }
  }

  /// The condition for a relation of at most one row: a contact without it matches no comparison.
  func optional(_ test: FilterTest) -> SQL {
    switch test {
    case .fails, .lacks, .failsSome: exists(value.condition(test) + " AND " + value.present)
    default: condition(test)
    }
  }

  private func exists(_ condition: SQL) -> SQL {
    "EXISTS (SELECT FROM \(sql: rows) AND \(sql: condition))"
  }

  /// The condition that each of several values is found. The first ones narrow contacts by separate joins.
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

import API

/// The figures of PostgreSQL: connections, replication, statements that hang, tables and what vacuum has left to do.
struct PostgresPanels: Sendable {
  let page: PageRequest
  /// The member `postgres` of `/api/servers`.
  var figures: JSONValue

  /// The share of rows that are gone from which on a table is worth a look.
  private static let noticedShare = 0.2
  /// The number of them below which it is not.
  private static let fewRows = 10_000
  /// The age in transactions at which the server stops taking writes.
  private static let greatestAge = 2_000_000_000

  func callAsFunction() -> HTML {
    let texts = page.texts
    let running = figures["slowStatements"]?.elements ?? []
    let replicas = figures["replicas"]?.elements ?? []
    return RedisPanel.title("PostgreSQL \(figures["version"]?.text ?? "")", page) + tiles(page)
      + (replicas.isEmpty
        ? .empty
        : Panel(texts("Replicas"), isPadded: false)(
          TableView(
            page: page, columns: Self.replicaColumns(page), rows: replicas,
            caption: texts("Replicas of PostgreSQL"))(), page))
      + Panel(
        texts("Statements and transactions under way for more than a second"),
        isPadded: running.isEmpty)(
        running.isEmpty
          ? page.muted(texts("None."))
          : TableView(
            page: page, columns: Self.statementColumns(page), rows: running,
            caption: texts("Slow statements"))(), page)
      + costliest + tables
  }

  private var tiles: ServerTiles {
    let (texts, formats) = (page.texts, page.formats)
    func number(_ name: String) -> Int { figures[name]?.integer ?? 0 }
    var connections = 0
    if case .object(let states)? = figures["connections"] {
      connections = states.members.reduce(0) { $0 + ($1.value.integer ?? 0) }
    }
    let active = figures["connections"]?["active"]?.integer ?? 0
    let hits = figures["cacheHitShare"]?.text.flatMap(Double.init)
    return ServerTiles(tiles: [
      .init(label: texts("Database"), value: formats.bytes(number("databaseBytes"))),
      .init(
        label: texts("Connections"), value: formats.number(connections),
        note: texts(
          "of {most}, {active} active",
          [
            "most": formats.number(number("maximumConnections")),
            "active": formats.number(active),
          ])),
      .init(
        label: texts("Found in memory"),
        value: hits.map { "\(formats.number($0 * 100, digits: 1)) %" } ?? "–"),
      .init(label: texts("Deadlocks"), value: formats.number(number("deadlocks"))),
      .init(label: texts("Temporary files"), value: formats.bytes(number("temporaryBytes"))),
      .init(
        label: texts("Transaction age"),
        value: formats.percent(number("transactionAge"), of: Self.greatestAge),
        note: texts("of what is possible")),
    ])
  }

  private static func statementColumns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Statement")) { row, page in
        code(["text": row["statement"]?.text ?? ""], page.texts)
      },
      Column(texts("Process"), .wide) { row, page in
        page.plain("\(row["process"]?.text ?? "") \(row["serverProcess"]?.text ?? "")")
      },
      Column(texts("State")) { row, page in
        row["blocked"]?.truth == true
          ? page.badge(page.texts("Waits for a lock"), .bad)
          : page.badge(row["state"]?.text ?? "", row["state"]?.text == "active" ? .info : .warn)
      },
      Column(texts("For"), .number) { row, page in
        page.plain(
          row["seconds"]?.text.flatMap(Double.init).map { page.formats.duration(seconds: $0) })
      },
    ]
  }

  private static let code = Template(#"<code lang="en">{{text}}</code>"#)

  /// The statements that took most time in all, where the server counts them.
  private var costliest: HTML {
    let texts = page.texts
    guard let rows = figures["costliestStatements"]?.elements else {
      return Panel(texts("Statements that took most time"))(
        page.muted(
          texts(
            "The server does not count them: put pg_stat_statements into shared_preload_libraries, restart it, and CREATE EXTENSION pg_stat_statements."
          )), page)
    }
    let table = TableView(
      page: page,
      columns: [
        Column(texts("Statement")) { row, page in
          Self.code(["text": row["statement"]?.text ?? ""], page.texts)
        },
        Column(texts("Runs"), .number) { $1.count($0["calls"]) },
        Column(texts("In all"), .number) { row, page in
          page.plain(
            row["totalSeconds"]?.text.flatMap(Double.init).map {
              page.formats.duration(seconds: $0)
            })
        },
        Column(texts("Mean"), .number) { row, page in
          page.plain(
            row["meanMilliseconds"]?.text.flatMap(Double.init).map {
              "\(page.formats.number($0, digits: 1)) ms"
            })
        },
      ], rows: rows, caption: texts("Statements that took most time"))
    return Panel(texts("Statements that took most time"), isPadded: false)(table(), page)
  }

  private var tables: HTML {
    let texts = page.texts
    let table = TableView(
      page: page,
      columns: [
        Column(texts("Table")) { $1.plain($0["name"]?.text) },
        Column(texts("Size"), .number) { row, page in
          page.plain(page.formats.bytes(row["bytes"]?.integer ?? 0))
        },
        Column(texts("Indexes"), .number) { row, page in
          page.plain(page.formats.bytes(row["indexBytes"]?.integer ?? 0))
        },
        Column(texts("Rows, about"), .number) { $1.count($0["rows"]) },
        Column(texts("Gone, not freed"), .number) { row, page in
          let (live, dead) = (row["rows"]?.integer ?? 0, row["deadRows"]?.integer ?? 0)
          let share = page.formats.percent(dead, of: live + dead)
          let text = "\(page.formats.number(dead)) (\(share))"
          return dead > Self.fewRows
            && Double(dead) > Double(live + dead) * Self.noticedShare
            ? page.badge(text, .warn) : page.plain(text)
        },
        Column(texts("Vacuumed"), .line) { $1.time($0["dateVacuumed"]) },
        Column(texts("Analyzed"), .wide) { $1.time($0["dateAnalyzed"]) },
      ], rows: figures["tables"]?.elements ?? [], caption: texts("Largest tables"))
    return Panel(texts("Largest tables"), isPadded: false)(table(), page)
  }

  /// The columns of servers that follow another.
  static func replicaColumns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Name")) { $1.plain($0["name"]?.text) },
      Column(texts("State")) { row, page in
        let state = row["state"]?.text ?? ""
        return page.badge(state, ["streaming", "online"].contains(state) ? .ok : .warn)
      },
      Column(texts("Behind"), .number) { row, page in
        let bytes = row["bytesBehind"]?.integer.map { page.formats.bytes($0) }
        let seconds = row["secondsBehind"]?.text.flatMap(Double.init).map {
          page.formats.duration(seconds: $0)
        }
        return page.plain([bytes, seconds].compactMap(\.self).joined(separator: ", "))
      },
    ]
  }
}

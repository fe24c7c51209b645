package import Postgres
package import Users

/// Reads what widgets show.
package struct WidgetReader: Sendable {
  private let pool: PostgresPool
  private let slots: ReadSlots

  /// - Parameter slots: Shared by all readers of a process.
  package init(pool: PostgresPool, slots: ReadSlots) {
    self.pool = pool
    self.slots = slots
  }

  /// Returns what a widget shows a user; nil for a report.
  ///
  /// - Throws: ``ReportError``; `PostgresError`.
  package func data(
    _ type: WidgetType, _ request: WidgetRequest, for rights: PermissionSet, user: Int64
  ) async throws -> WidgetData? {
    let scope = WidgetScope(request: request, rights: rights, user: user)
    switch try scope.plan(type) {
    case nil: return nil
    case .time(let all)?:
      let lines = WidgetPlan.lines(all, of: request)
      let rows = try await read(WidgetPlan.steps(lines, of: request))
      return .chart(
        .line, labels: try rows.map { try $0.decode(at: 0) },
        datasets: try lines.enumerated().map { place, line in
          WidgetData.Dataset(
            label: line.label, values: try rows.map { try $0.decode(at: place + 1) })
        })
    case .shares(let chart, let title, let query)?:
      let rows = try await read(query)
      return .chart(
        chart, labels: try rows.map { try $0.decode(at: 0) },
        datasets: [.init(label: title, values: try rows.map { try $0.decode(at: 1) })])
    case .table(let titles, let query)?:
      let columns = WidgetPlan.columns(titles)
      return .table(
        columns,
        rows: try await read(query).map { row in
          try columns.indices.map { try row.decode(at: $0, as: String?.self) }
        })
    }
  }

  private func read(_ query: SQL) async throws -> PostgresRows {
    try await pool.bounded(by: slots, seconds: ReportLimits.pageSeconds) {
      try await $0.query(query)
    }
  }
}

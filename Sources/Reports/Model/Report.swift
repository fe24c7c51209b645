package import Contacts
package import Primitives
package import Query

/// A report: columns of a source of rows, with conditions, groups, figures and an order (api.md 10).
package struct Report: TableRecord, Equatable {
  /// The report's id.
  package var id: Int64
  /// The values that users set.
  package var values: ReportValues
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The values of a report that users set.
package struct ReportValues: Sendable, Equatable {
  package var name = ""
  package var description: String?
  /// Whether all who may see reports may see it.
  package var isSystem = false
  /// The name of a ``ReportSource``.
  package var source = ""
  /// The columns shown, by their names on the wire, in order.
  package var columns: [String] = []
  package var filters: [ReportFilter] = []
  package var order: [ReportOrder] = []
  /// The names of graphs, kept for clients that draw them.
  package var graphs: [String] = []
  /// The columns that a group of rows has in common; none where every row is shown.
  package var groupBy: [String] = []
  package var aggregators: [ReportAggregator] = []
  /// What clients keep with a report.
  package var settings = JSONValue.object([:])
  package var schedule = ReportSchedule()
  /// Whether it is in use.
  package var isPublished = true
  /// Reports are filed under no category.
  package var category: Int64? { nil }

  package init() {}
}

/// The input for a report; `nil` leaves a value as it is. Lists come as on the wire.
package struct ReportInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// Removed by an empty text, as the texts of the schedule are.
  package var description: String?
  package var isSystem: Bool?
  package var source: String?
  package var columns: JSONValue?
  package var filters: JSONValue?
  package var order: JSONValue?
  package var graphs: JSONValue?
  package var groupBy: JSONValue?
  package var aggregators: JSONValue?
  package var settings: JSONValue?
  package var isScheduled: Bool?
  package var scheduleUnit: String?
  package var scheduleDay: String?
  package var scheduleMonthFrequency: String?
  package var toAddress: String?
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of reports; its conditions refer to the table `reports` by that name.
  package static let reports = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "reports"), QueryColumn("name", .text, of: "reports"),
      QueryColumn("description", .text, of: "reports"),
      QueryColumn("source", .text, of: "reports"),
      QueryColumn("is_system", .boolean, of: "reports", otherNames: ["system"]),
      QueryColumn("is_scheduled", .boolean, of: "reports"),
    ] + published("reports"),
    mainColumns: ["name", "description"],
    own: { "(reports.created_by = \($0.user) OR reports.is_system)" })
}

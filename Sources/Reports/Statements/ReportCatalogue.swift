package import Contacts
package import Fields
import Postgres

/// The sources of reports, with the fields that there are at present.
package struct ReportCatalogue: Sendable {
  /// Every source, in the order of their names.
  package let sources: [ReportSource]

  /// Creates the catalogue.
  ///
  /// - Parameters:
  ///   - fields: The fields of contacts and companies.
  ///   - tables: The statistics tables of all modules; a log whose table is missing is no source.
  package init(_ fields: FieldSet, tables: [StatsTable]) {
    let byName = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let contacts = ReportColumn.contacts(fields)
    let logs = LogSource.all.compactMap { log in
      byName[log.table].map { log.source($0, contacts: contacts) }
    }
    sources = (Self.records(fields) + logs).sorted { $0.name < $1.name }
  }

  /// The source with a name.
  ///
  /// - Throws: `InvalidInput` naming the member `source`.
  package func source(_ name: String) throws(InvalidInput) -> ReportSource {
    guard let source = sources.first(where: { $0.name == name }) else {
      let known = sources.map(\.name).joined(separator: ", ")
      throw InvalidInput("source", "\(InvalidInput.shown(name)) is none of \(known)")
    }
    return source
  }
}

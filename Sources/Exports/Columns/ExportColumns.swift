import Fields
import Foundation
import Postgres

/// The columns of a file, in order.
struct ExportColumns: Sendable {
  let all: [ExportColumn]

  init(_ all: [ExportColumn]) { self.all = all }

  var names: [String] { all.map(\.name) }

  /// The maximum number of columns that PostgreSQL returns; a request with more is refused.
  static let maximum = 1_600

  /// Creates the columns of a request: those it names, or `id` and all published fields (EXP-09).
  ///
  /// - Parameters:
  ///   - names: The names of columns.
  ///   - fields: The existing fields.
  ///   - user: The id of the user who asks; nil for the operator.
  /// - Throws: ``ExportError`` that names an unknown or repeated column.
  init(_ names: [String]?, fields: FieldSet, user: Int64?) throws(ExportError) {
    guard let names, !names.isEmpty else {
      all = [ExportAttribute.id.column(for: user)] + fields.contact.map(ExportColumn.init)
      return
    }
    guard names.count <= Self.maximum else {
      throw ExportError(
        .invalid, "columns: \(names.count) are too many, at most \(Self.maximum)",
        field: "columns")
    }
    var seen: Set<String> = []
    var columns: [ExportColumn] = []
    for name in names {
      guard let column = Self.column(name.trimmingCharacters(in: .whitespaces), fields, user)
      else {
        throw ExportError(
          .invalid,
          "columns: \"\(name)\" is no field of a contact or company and none of "
            + ExportAttribute.allCases.map(\.rawValue).joined(separator: ", "), field: "columns")
      }
      guard seen.insert(column.name).inserted else {
        throw ExportError(.invalid, "columns: \"\(name)\" is named twice", field: "columns")
      }
      columns.append(column)
    }
    all = columns
  }

  private static func column(
    _ name: String, _ fields: FieldSet, _ user: Int64?
  ) -> ExportColumn? {
    if let field = fields[name], field.isPublished {
      return ExportColumn(field)
    }
    if let attribute = ExportAttribute.allCases.first(where: {
      $0.rawValue.lowercased() == name.lowercased()
    }) {
      return attribute.column(for: user)
    }
    return name == "lastActive" ? fields["last_active"].map(ExportColumn.init) : nil
  }

  /// Returns the select list.
  ///
  /// - Parameter zoned: Whether instants in a CSV carry their zone.
  func select(_ format: ExportFormat, zoned: Bool) -> SQL {
    all.map { column in
      switch format {
      case .csv: zoned ? column.zoned : column.plain
      case .jsonl: column.json
      case .xlsx: column.plain
      }
    }.joined(separator: ", ")
  }
}

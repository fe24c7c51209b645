package import Postgres

/// All field definitions at one moment.
package struct FieldSet: Sendable {
  /// A number that grows with every change of any definition.
  package let version: Int64
  /// All fields, unpublished ones too: those of contacts first, each object in display order.
  package let all: [Field]
  /// The published fields of contacts in display order.
  package let contact: [Field]
  /// The published fields of companies in display order.
  package let company: [Field]
  /// The columns of ``contact`` in its order, each after a comma and of the table alias `c`.
  package let contactColumns: SQL
  private let byAlias: [String: Int]

  /// Creates a set of definitions.
  package init(version: Int64, fields: [Field]) {
    self.version = version
    all = fields
    contact = fields.filter { $0.object == .contact && $0.isPublished }
    company = fields.filter { $0.object == .company && $0.isPublished }
    contactColumns = contact.map { ", c.\(identifier: $0.column)" as SQL }.joined(separator: "")
    byAlias = Dictionary(
      fields.enumerated().map { ($1.alias, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The field with an alias, published or not.
  package subscript(alias: String) -> Field? { byAlias[alias].map { all[$0] } }

  /// Returns the field with an id, published or not.
  package func field(id: Int64) -> Field? { all.first { $0.id == id } }

  /// Returns the published fields of an object.
  package func published(_ object: FieldObject) -> [Field] {
    object == .contact ? contact : company
  }

  /// Returns the published unique identifiers of an object (CON-61), in display order.
  package func uniqueIdentifiers(_ object: FieldObject) -> [Field] {
    published(object).filter(\.isUniqueIdentifier)
  }

  /// Returns the default values of an object's published fields in canonical form (CON-06). An
  /// invalid default is ignored.
  package func defaults(_ object: FieldObject) -> [(field: Field, canonical: String)] {
    published(object).compactMap { field in
      guard var text = field.defaultValue, !text.isEmpty else { return nil }
      let parser = FieldParser(field: field, policy: .cleaning)
      var output: [UInt8] = []
      let isValue = text.withUTF8 { bytes in
        Result { () throws(FieldProblem) in try parser.parse(bytes, into: &output) }
      }
      guard case .success(true) = isValue else { return nil }
      return (field, String(decoding: output, as: UTF8.self))
    }
  }
}

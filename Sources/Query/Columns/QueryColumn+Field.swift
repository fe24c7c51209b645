package import Fields

extension QueryColumn {
  /// Creates the column of a field.
  package init(_ field: Field) {
    let table = field.object.table
    let index: Index =
      if field.isUniqueIdentifier {
        .identity(shared: table)
      } else {
        field.isIndex && field.type.isText ? .search : .none
      }
    self.init(field.column, Kind(field.type), of: table, index: index)
    if field.type == .country { values = .countries }
  }
}

extension QueryColumn.Kind {
  /// Creates the kind of a field's values.
  package init(_ type: FieldType) {
    switch type {
    case .number: self = .number
    case .boolean: self = .boolean
    case .datetime: self = .instant
    case .date: self = .day
    case .time: self = .time
    case .multiselect: self = .list
    case .text, .textarea, .html, .email, .tel, .url, .select, .lookup, .country, .region,
      .timezone, .locale:
      self = .text
    }
  }
}

import Fields
import Foundation

/// Builds the layout of an import from its mapping and the existing fields.
struct LayoutBuilder {
  let mapping: Mapping
  let contactFields: [Field]
  let companyFields: [Field]
  let defaults: ImportDefaults
  /// The start of the import, in PostgreSQL's format.
  let started: String
  let timeZone: TimeZone
  /// How the file writes dates and numbers.
  var style = ValueStyle()
  /// The text between tags; `|` if none is set.
  var tagSeparator: String?

  func make(_ object: ImportObject) -> Layout {
    object == .contact ? contacts() : companies(only: { _ in true })
  }

  private func contacts() -> Layout {
    var layout = Layout(object: .contact)
    layout.tagSeparator = tagSeparator
    let companyColumns = mapping.columns.filter {
      if case .companyField = $0.target { true } else { false }
    }
    let onlyName = companyColumns.allSatisfy { $0.target == .companyField("companyname") }
    for column in mapping.columns {
      switch column.target {
      case .id:
        layout.mapsID = true
        layout.columns.append(.init(index: column.index, alias: "id", action: .id))
      case .field(let alias):
        // The company's own column takes precedence over the contact's mirror of its name.
        if alias == "company", !companyColumns.isEmpty { continue }
        guard let field = contactFields.first(where: { $0.alias == alias }) else { continue }
        addField(field, column, to: &layout)
      case .companyField where onlyName:
        guard let field = contactFields.first(where: { $0.alias == "company" }) else { continue }
        addField(field, column, to: &layout)
      case .companyField: break
      case .special(let attribute):
        addAttribute(attribute, column, to: &layout)
      }
    }
    if !companyColumns.isEmpty, !onlyName {
      let indexes = Set(companyColumns.map(\.index))
      layout.company = [companies(only: { indexes.contains($0.index) })]
      if layout.companyNameSlot == nil,
        let field = contactFields.first(where: { $0.alias == "company" })
      {
        layout.companyNameSlot = layout.values.count
        layout.values.append(slot(of: field))
      }
    }
    addDefaults(to: &layout)
    addSides(to: &layout)
    let written = Set(layout.values.map(\.column))
    layout.unmappedDefaults = contactFields.filter { !written.contains($0.column) }
      .compactMap { field in canonicalDefault(of: field).map { (field.column, $0) } }
      .filter { $0.column != "points" }
    return layout
  }

  private func companies(only: (Mapping.Column) -> Bool) -> Layout {
    var layout = Layout(object: .company)
    for column in mapping.columns where only(column) {
      switch column.target {
      case .field(let alias), .companyField(let alias):
        guard let field = companyFields.first(where: { $0.alias == alias }) else { continue }
        addField(field, column, to: &layout)
      case .special(let attribute): addAttribute(attribute, column, to: &layout)
      case .id: break
      }
    }
    // The default owner applies to the contacts of a contact import, not to their companies.
    if mapping.columns.allSatisfy(only) { addDefaults(to: &layout) }
    addSides(to: &layout)
    let written = Set(layout.values.map(\.column))
    layout.unmappedDefaults = companyFields.filter { !written.contains($0.column) }
      .compactMap { field in canonicalDefault(of: field).map { (field.column, $0) } }
    return layout
  }

  private func canonicalDefault(of field: Field) -> String? {
    guard let text = field.defaultValue, !text.isEmpty else { return nil }
    var output: [UInt8] = []
    let parser = FieldParser(field: field, policy: .cleaning, timeZone: timeZone)
    var copy = text
    // A default that is not a valid value of its field is ignored.
    let isValue = copy.withUTF8 { bytes in
      do { return try parser.parse(bytes, into: &output) } catch { return false }
    }
    return isValue ? String(decoding: output, as: UTF8.self) : nil
  }

  private func slot(of field: Field) -> ValueSlot {
    ValueSlot(
      column: field.column, type: field.columnType,
      rule: defaults.skipIfExists ? .firstValue : .last, insertDefault: canonicalDefault(of: field),
      identifies: field.identifiesContact)
  }

  private func addField(_ field: Field, _ column: Mapping.Column, to layout: inout Layout) {
    let place = layout.values.count
    let parser = CellParser(
      FieldParser(field: field, policy: .cleaning, timeZone: timeZone, style: style))
    layout.values.append(slot(of: field))
    if field.isUniqueIdentifier {
      layout.identities.append(
        IdentitySlot(column: field.column, expression: field.identityExpression, slot: place))
    }
    if field.object == .contact, field.alias == "email" { layout.emailSlot = place }
    if field.object == .contact, field.alias == "company" {
      layout.companyNameSlot = place
      layout.columns.append(
        .init(
          index: column.index, alias: column.target.name,
          action: .company(slot: place, parser: parser)))
    } else {
      layout.columns.append(
        .init(
          index: column.index, alias: field.alias,
          action: .value(slot: place, parser: parser, clears: true)))
    }
  }

  private func addAttribute(
    _ attribute: SpecialAttribute, _ column: Mapping.Column, to layout: inout Layout
  ) {
    func add(_ action: Layout.Action) {
      layout.columns.append(
        .init(index: column.index, alias: attribute.rawValue, action: action))
    }
    func place(_ slot: ValueSlot) -> Int {
      layout.values.append(slot)
      return layout.values.count - 1
    }
    func instant(_ name: String, insertDefault: String? = nil) -> Int {
      let slot = place(
        ValueSlot(column: name, type: "timestamptz", rule: .last, insertDefault: insertDefault))
      let parser = CellParser(
        FieldParser(type: .datetime, policy: .cleaning, timeZone: timeZone, style: style))
      add(.value(slot: slot, parser: parser, clears: false))
      return slot
    }
    func user(_ name: String) -> (Int, Int) {
      let id = place(ValueSlot(column: name, type: "bigint", rule: .last))
      let text = place(ValueSlot(column: name + "_user", type: "text", rule: .last))
      add(.user(idSlot: id, nameSlot: text))
      return (id, text)
    }
    switch attribute {
    case .dateAdded: layout.dateAddedSlot = instant("date_added", insertDefault: started)
    case .dateModified: layout.dateModifiedSlot = instant("date_modified")
    case .dateIdentified: layout.dateIdentifiedSlot = instant("date_identified")
    case .createdByUser:
      (layout.createdBySlot, layout.createdByUserSlot) = user("created_by")
    case .modifiedByUser:
      (layout.modifiedBySlot, layout.modifiedByUserSlot) = user("modified_by")
    case .owner:
      let slot = place(ValueSlot(column: "owner_id", type: "bigint", rule: .last))
      layout.ownerSlot = slot
      add(.user(idSlot: slot, nameSlot: nil))
    case .points:
      guard let field = contactFields.first(where: { $0.alias == "points" }) else { return }
      let slot = place(
        ValueSlot(
          column: "points", type: "integer", rule: .firstRow,
          insertDefault: canonicalDefault(of: field) ?? "0", updates: false))
      layout.pointsSlot = slot
      let parser = CellParser(
        FieldParser(field: field, policy: .cleaning, timeZone: timeZone, style: style))
      add(.value(slot: slot, parser: parser, clears: false))
    case .stage:
      layout.stageSlot = place(ValueSlot(column: "stage_id", type: "bigint", rule: .last))
      add(.stage)
    case .tags:
      // An own export names the column so, and writes tags as they are.
      layout.splitsQuotedTags = column.name != SpecialAttribute.tags.rawValue
      add(.tags)
    case .ip: add(.addresses)
    case .doNotEmail: add(.doNotEmail)
    }
  }

  /// Adds the columns that every row gets although none is mapped to them.
  private func addDefaults(to layout: inout Layout) {
    if defaults.owner != nil, layout.ownerSlot == nil {
      layout.ownerSlot = layout.values.count
      layout.values.append(ValueSlot(column: "owner_id", type: "bigint", rule: .last))
    }
    if defaults.stage != nil, layout.stageSlot == nil, layout.object == .contact {
      layout.stageSlot = layout.values.count
      layout.values.append(ValueSlot(column: "stage_id", type: "bigint", rule: .last))
    }
  }

  /// Appends the cells that are not columns of the table.
  private func addSides(to layout: inout Layout) {
    func next() -> Int {
      layout.sideCount += 1
      return layout.values.count + layout.sideCount - 1
    }
    func isMapped(_ isMeant: (Layout.Action) -> Bool) -> Bool {
      layout.columns.contains { isMeant($0.action) }
    }
    if isMapped({ if case .tags = $0 { true } else { false } }) { layout.tagsSlot = next() }
    if !layout.company.isEmpty || isMapped({ if case .company = $0 { true } else { false } }) {
      layout.companySlot = next()
    }
    if isMapped({ if case .addresses = $0 { true } else { false } }) {
      layout.addressesSlot = next()
    }
    if isMapped({ if case .doNotEmail = $0 { true } else { false } }) {
      layout.doNotEmailSlot = next()
    }
  }
}

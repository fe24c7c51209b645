package import Fields
import Primitives

extension FormField {
  /// Returns the choices that the field offers, in order; empty for a field without any.
  ///
  /// - Parameter known: The definitions of the fields of records, whose own choices a field may offer.
  package func choices(_ known: FieldSet) -> [FieldOption] {
    if BooleanWord.parse(settings.properties["syncList"]?.text ?? "") ?? false,
      let mapped = mappedField(known)
    {
      if mapped.type == .boolean {
        return [
          FieldOption(value: "0", label: mapped.properties["no"]?.text),
          FieldOption(value: "1", label: mapped.properties["yes"]?.text),
        ]
      }
      return mapped.options
    }
    let properties = settings.properties
    for holder in [properties["optionlist"], properties["list"], properties] {
      guard let holder, case .object = holder, holder["list"]?["list"] == nil else { continue }
      let options = FieldOption.list(in: holder)
      if !options.isEmpty { return options }
    }
    return []
  }

  /// Returns the field of contacts or companies that it fills in, if that is in use.
  package func mappedField(_ known: FieldSet) -> Field? {
    guard let mapping else { return nil }
    return known.published(mapping.object).first { $0.alias == mapping.field }
  }
}

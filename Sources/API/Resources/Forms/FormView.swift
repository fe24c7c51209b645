import Forms
import Primitives

/// A form with its markup.
struct FormView: Sendable {
  var form: Form
  /// The markup, as `cachedHtml`.
  var html: String
}

extension JSONValue {
  /// A form with its fields, actions and markup (API page, 8.13).
  init(_ view: FormView) {
    let form = view.form
    let (values, settings) = (form.values, form.values.settings)
    self = .object(
      JSONObject(isPublished: values.isPublished, form.dates).with([
        "id": .int(Int(form.id)), "name": .string(values.name), "alias": .string(values.alias),
        "category": JSONValue(form.category), "description": JSONValue(values.description),
        "cachedHtml": .string(view.html), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown),
        "fields": .array(form.fields.map(JSONValue.init)),
        "actions": .array(form.actions.map(JSONValue.init)),
        "template": JSONValue(settings.template), "inKioskMode": .bool(settings.isKiosk),
        "renderStyle": .bool(settings.usesThemeStyle), "formType": .string(values.kind.rawValue),
        "postAction": .string(values.postAction.rawValue),
        "postActionProperty": JSONValue(values.postActionProperty),
        "noIndex": JSONValue(settings.isNotIndexed),
        "formAttributes": JSONValue(settings.attributes), "language": JSONValue(settings.language),
        "progressiveProfilingLimit": JSONValue(settings.shownLimit),
        "proofOfWork": .bool(settings.hasChallenge), "consentText": JSONValue(settings.consent),
        "doubleOptIn": settings.confirmation.map {
          ["subject": .string($0.subject), "message": .string($0.message)]
        } ?? .null,
      ]))
  }

  /// A form in short form, inside other entities.
  init(short form: Form) {
    self = [
      "id": .int(Int(form.id)), "name": .string(form.values.name),
      "alias": .string(form.values.alias), "category": JSONValue(form.category),
    ]
  }

  private init(_ field: FormField) {
    let settings = field.settings
    self = [
      "id": .int(Int(field.id)), "label": .string(field.label),
      "showLabel": .bool(settings.showsLabel), "alias": .string(field.alias),
      "type": .string(field.type.rawValue), "defaultValue": JSONValue(settings.defaultValue),
      "isRequired": .bool(settings.isRequired),
      "validationMessage": JSONValue(settings.validationMessage),
      "helpMessage": JSONValue(settings.helpMessage), "order": .int(settings.order),
      "properties": JSONValue(kept: settings.properties),
      "validation": JSONValue(kept: settings.validation), "parent": JSONValue(settings.parent),
      "conditions": JSONValue(kept: settings.conditions),
      "labelAttributes": JSONValue(settings.labelAttributes),
      "inputAttributes": JSONValue(settings.inputAttributes),
      "containerAttributes": JSONValue(settings.containerAttributes),
      "leadField": JSONValue(field.mapping?.field), "saveResult": .bool(settings.savesResult),
      "isAutoFill": .bool(settings.fillsIn),
      "mappedObject": JSONValue(
        field.mapping.map { $0.object == .company ? "company" : "contact" }),
      "mappedField": JSONValue(field.mapping?.field),
      "showWhenValueExists": .bool(settings.showsKnown),
      "showAfterXSubmissions": JSONValue(settings.showsAfter),
      "alwaysDisplay": .bool(settings.isAlwaysShown),
    ]
  }

  private init(_ action: FormAction) {
    self = [
      "id": .int(Int(action.id)), "name": .string(action.name),
      "description": JSONValue(action.description), "type": .string(action.type),
      "order": .int(action.order), "properties": JSONValue(kept: action.properties),
    ]
  }
}

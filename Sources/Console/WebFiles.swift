import Primitives

/// The console's own files for browsers, which are part of the program.
enum WebFiles {
  static let all: [(name: String, bytes: [UInt8])] = [
    ("api.js", PackageResources.api_js),
    ("console.css", PackageResources.console_css),
    ("console.js", PackageResources.console_js),
    ("controls.css", PackageResources.controls_css),
    ("data.css", PackageResources.data_css),
    ("email-blocks.js", PackageResources.email_blocks_js),
    ("email-builder.css", PackageResources.email_builder_css),
    ("email-builder.js", PackageResources.email_builder_js),
    ("email-checks.js", PackageResources.email_checks_js),
    ("email-controls.js", PackageResources.email_controls_js),
    ("email-document.js", PackageResources.email_document_js),
    ("email-dom.js", PackageResources.email_dom_js),
    ("email-editor.js", PackageResources.email_editor_js),
    ("email-frame.css", PackageResources.email_frame_css),
    ("email-frame.js", PackageResources.email_frame_js),
    ("email-inspector.js", PackageResources.email_inspector_js),
    ("email-lookups.js", PackageResources.email_lookups_js),
    ("email-outline.js", PackageResources.email_outline_js),
    ("email-palette.js", PackageResources.email_palette_js),
    ("email-preview.js", PackageResources.email_preview_js),
    ("email-properties.js", PackageResources.email_properties_js),
    ("email-tokens.js", PackageResources.email_tokens_js),
    ("email-types.js", PackageResources.email_types_js),
    ("icons.svg", PackageResources.icons_svg),
    ("layout.css", PackageResources.layout_css),
    ("segment-builder.css", PackageResources.segment_builder_css),
    ("segment-builder.js", PackageResources.segment_builder_js),
    ("segment-chips.js", PackageResources.segment_chips_js),
    ("segment-combobox.js", PackageResources.segment_combobox_js),
    ("segment-date-input.js", PackageResources.segment_date_input_js),
    ("segment-dates.js", PackageResources.segment_dates_js),
    ("segment-dom.js", PackageResources.segment_dom_js),
    ("segment-drag.js", PackageResources.segment_drag_js),
    ("segment-fields.js", PackageResources.segment_fields_js),
    ("segment-group.js", PackageResources.segment_group_js),
    ("segment-history.js", PackageResources.segment_history_js),
    ("segment-lookups.js", PackageResources.segment_lookups_js),
    ("segment-model.js", PackageResources.segment_model_js),
    ("segment-popup.js", PackageResources.segment_popup_js),
    ("segment-preview.js", PackageResources.segment_preview_js),
    ("segment-row.js", PackageResources.segment_row_js),
    ("segment-values.js", PackageResources.segment_values_js),
    ("texts.js", PackageResources.texts_js),
  ]

  /// The style sheets of every page, in their order.
  static let styles = ["console.css", "layout.css", "controls.css", "data.css"]

  /// The path of the icons.
  static let icons: String = {
    do {
      return "\(ConsoleAssets.root)icons-\(try ConsoleAsset.digest(PackageResources.icons_svg)).svg"
    } catch {
      return "\(ConsoleAssets.root)icons.svg"
    }
  }()
}

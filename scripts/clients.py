"""Uses the packages `mautic` and `mautic-cli` as their pages say; scripts/clients has started the API."""

import html
import json
import os
import re
import subprocess
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

import mautic

# The API speaks plain HTTP here, which the library takes only when it is told so.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
SITE = os.environ["MARTLET_SITE_URL"]
PASSWORD = os.environ["CLIENTS_PASSWORD"]
CALLBACK = "http://localhost:5000/callback"
checks = 0


def check(condition, what, shown=""):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"error: {what}: {str(shown)[:2000]}")


def client_of(variable):
    told = json.loads(os.environ[variable])
    told = told.get("client", told)
    return told.get("clientID") or told["clientId"], told["clientSecret"]


def values(listed):
    return list(listed.values()) if isinstance(listed, dict) else listed


def approve(address):
    """What a user does in a browser; returns where it is sent."""
    browser = requests.Session()

    def fields(page):
        return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))

    def unescaped(pairs):
        return {name: html.unescape(value) for name, value in pairs.items()}

    page = browser.get(address)
    check(page.ok and "_password" in page.text, "the page to log in", page.text)
    login = unescaped(fields(page))
    login.update({"_username": "admin", "_password": PASSWORD})
    page = browser.post(f"{SITE}/oauth/v2/authorize_login_check", data=login)
    check(page.ok and "decision" in page.text, "the page that asks", page.text)
    answer = unescaped({name: value for name, value in fields(page).items() if name != "decision"})
    answer["decision"] = "approve"
    sent = browser.post(f"{SITE}/oauth/v2/authorize", data=answer, allow_redirects=False)
    check(sent.status_code == 302, "the approval", sent.text)
    return sent.headers["Location"]


def records(client, prefix):
    """Every call of the package `mautic`, with one client."""
    contacts = mautic.Contacts(client=client)
    made = contacts.create({"firstname": "Ana", "email": f"{prefix}@example.com", "tags": "one,two"})
    contact = made["contact"]["id"]
    check(made["contact"]["fields"]["all"]["firstname"] == "Ana", "create a contact", made)
    check(contacts.get(contact)["contact"]["id"] == contact, "read a contact")
    edited = contacts.edit(contact, {"lastname": "Silva", "points": 3})
    check(edited["contact"]["fields"]["all"]["lastname"] == "Silva", "edit a contact", edited)
    put = contacts.edit(contact, {"firstname": "Ana", "email": f"{prefix}@example.com"}, create_if_not_exists=True)
    check(put["contact"]["id"] == contact, "replace a contact", put)
    found = contacts.get_list(search=f"email:{prefix}@example.com", limit=999, order_by="id", order_by_dir="DESC")
    check(int(found["total"]) == 1 and str(contact) in found["contacts"], "search contacts", found)
    check(contacts.get_published_list(limit=1)["contacts"], "published contacts")
    check(contacts.get_list(minimal=True)["contacts"], "contacts in short")
    for name in ("get_owners", "get_field_list", "get_segments"):
        check(isinstance(getattr(contacts, name)(), (list, dict)), name)
    check(contacts.add_points(contact, 5, eventname="Event", actionname="Action")["success"], "add points")
    check(contacts.subtract_points(contact, 2)["success"], "subtract points")
    dnc = contacts.add_dnc(contact)
    check(dnc["contact"]["doNotContact"][0]["reason"] == contacts.MANUAL, "do not contact", dnc)
    check(contacts.remove_dnc(contact, "email")["recordFound"] is True, "contact again")
    events = contacts.get_events(contact, include_events=["lead.create"])
    check("events" in events and "total" in events, "events of a contact", events)
    check(contacts.get_contact_notes(contact)["total"] == 0, "notes of a contact")

    segments = mautic.Segments(client=client)
    segment = segments.create({"name": prefix, "isPublished": 1})["list"]["id"]
    check(segments.add_contact(segment, contact)["success"], "add to a segment")
    check(str(segment) in contacts.get_contact_segments(contact)["lists"], "segments at once")
    campaigns = mautic.Campaigns(client=client)
    campaign = requests_json(client, "post", "campaigns/new", {
        "name": prefix, "lists": [segment], "events": [{
            "id": "new1", "name": "Points", "type": "lead.changepoints", "eventType": "action",
            "properties": {"points": 1}}]})["campaign"]["id"]
    check(campaigns.add_contact(campaign, contact)["success"], "add to a campaign")
    check(str(campaign) in contacts.get_contact_campaigns(contact)["campaigns"], "campaigns at once")
    check(campaigns.remove_contact(campaign, contact)["success"], "remove from a campaign")
    check(not contacts.get_contact_campaigns(contact)["campaigns"], "no campaigns at once")
    companies = mautic.Companies(client=client)
    company = companies.create({"companyname": prefix})["company"]["id"]
    check(companies.add_contact(company, contact)["success"], "add to a company")
    check(companies.remove_contact(company, contact)["success"], "remove from a company")
    stages = mautic.Stages(client=client)
    stage = stages.create({"name": prefix, "weight": 1})["stage"]["id"]
    check(stages.add_contact(stage, contact)["success"], "add to a stage")
    check(stages.remove_contact(stage, contact)["success"], "remove from a stage")

    forms = mautic.Forms(client=client)
    form = requests_json(client, "post", "forms/new", {
        "name": prefix, "formType": "standalone", "postAction": "return",
        "fields": [{"label": "E-mail", "type": "email", "alias": "email"}]})["form"]["id"]
    check(forms.get(form)["form"]["id"] == form, "read a form")
    email = mautic.Emails(client=client)
    letter = email.create({
        "name": prefix, "subject": "Hello", "customHtml": "<p>Hello</p>", "emailType": "template",
        "isPublished": 1})["email"]["id"]
    check(email.send_to_contact(letter, contact)["success"], "send an e-mail")
    points = mautic.Points(client=client)
    check("pointActionTypes" in points.get_point_action_types(), "kinds of point actions")
    users = mautic.Users(client=client)
    check(users.get_self()["username"], "oneself")
    check(users.check_permission(1, "lead:leads:create") is not None, "permissions")
    check(isinstance(mautic.Stats(client=client).get("audit_log", limit=2)["stats"], list), "statistics")
    check("data" in mautic.Data(client=client).get("emails.in.time", {
        "dateFrom": "2024-01-01", "dateTo": "2024-02-01", "timeUnit": "d"}), "figures")

    # What any resource can do: made, listed, read, edited and deleted.
    simple = {
        mautic.Categories: ("category", {"title": prefix, "bundle": "page"}, {"title": prefix + "2"}),
        mautic.Notes: ("note", {"lead": contact, "text": "Called", "type": "call"}, {"text": "Called twice"}),
        mautic.ContactFields: ("field", {"label": prefix, "type": "text"}, {"label": prefix + "2"}),
        mautic.CompanyFields: ("field", {"label": prefix, "type": "text"}, {"label": prefix + "2"}),
        mautic.DynamicContents: ("dynamicContent", {"name": prefix, "content": "Hi"}, {"content": "Hello"}),
        mautic.Pages: ("page", {"title": prefix, "customHtml": "<p>Hi</p>"}, {"title": prefix + "2"}),
        mautic.Smses: ("sms", {"name": prefix, "message": "Hi"}, {"message": "Hello"}),
        mautic.Notifications: (
            "notification", {"name": prefix, "heading": "Hi", "message": "Hi"}, {"message": "Hello"}),
        mautic.Roles: ("role", {"name": prefix}, {"description": "Some"}),
        mautic.Points: ("point", {"name": prefix, "type": "form.submit", "delta": 1}, {"delta": 2}),
        mautic.PointTriggers: ("trigger", {"name": prefix, "points": 10}, {"points": 20}),
    }
    for kind, (item, body, change) in simple.items():
        resource = kind(client=client)
        made = resource.create(body)[item]["id"]
        check(resource.get(made)[item]["id"] == made, f"read {kind.__name__}")
        listed = resource.get_list(limit=999)
        check(int(listed["total"]) >= 1, f"list {kind.__name__}", listed)
        check(resource.edit(made, change)[item]["id"] == made, f"edit {kind.__name__}")
        check(resource.delete(made)[item]["id"] is None, f"delete {kind.__name__}")
    check("reports" in mautic.Reports(client=client).get_list(), "reports")
    check("assets" in mautic.Assets(client=client).get_list(), "assets")
    check("files" in requests_json(client, "get", "files/images"), "files")

    for resource, made in (
            (forms, form), (email, letter), (campaigns, campaign), (segments, segment), (companies, company),
            (stages, stage), (contacts, contact)):
        resource.delete(made)
    try:
        contacts.get(contact)
        check(False, "a deleted contact is gone")
    except mautic.MauticException as error:
        check(error.args[0]["errors"][0]["code"] == 404, "404", error)


def requests_json(client, method, path, body=None):
    """What the package's own session is used for where its forms cannot nest."""
    answer = getattr(client.session, method)(f"{client.base_url}/api/{path}", json=body)
    check(answer.ok, path, answer.text)
    return answer.json()


class CommandLine:
    """The command `mautic`, with the credentials in its environment."""

    def __init__(self, command, credentials):
        self.command = command
        self.environment = {**os.environ, "MAUTIC_BASE_URL": SITE, **credentials}

    def run(self, *words):
        done = subprocess.run(
            [self.command, *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, f"mautic {' '.join(map(str, words))}", done.stdout + done.stderr)
        return done.stdout

    def json(self, *words):
        return json.loads(self.run(*words))

    def new(self, group, item, body):
        return self.json(*group.split(), "create", "--json", json.dumps(body))[item]["id"]


def commands(command, credentials, prefix):
    """The commands of the page of `mautic-cli`."""
    cli = CommandLine(command, credentials)
    ana = cli.new("contacts", "contact", {"firstname": "Ana", "email": f"{prefix}@example.com"})
    cli.json("contacts", "edit", ana, "--json", '{"lastname":"Silva"}')
    check(cli.json("contacts", "get", ana)["contact"]["fields"]["all"]["lastname"] == "Silva", "edit")
    found = cli.json("contacts", "list", "--search", f"email:{prefix}*", "--limit", 50, "--order-by", "id",
                     "--order-dir", "desc")
    check(list(found["contacts"]) == [str(ana)], "search", found)
    check("Silva" in cli.run("--format", "table", "contacts", "list", "--limit", 5), "a table")
    check(f"{prefix}@example.com" in cli.run("--format", "csv", "contacts", "list"), "CSV")
    lines = cli.run("--page-all", "contacts", "list", "--limit", 1).splitlines()
    check(ana in [json.loads(line)["id"] for line in lines], "all pages", lines)
    cli.json("contacts", "add-points", ana, 10)
    cli.json("contacts", "subtract-points", ana, 4)
    check(cli.json("contacts", "get", ana)["contact"]["points"] == 6, "points")
    segment = cli.new("segments", "list", {"name": prefix, "isPublished": True})
    cli.json("contacts", "add-to-segment", ana, segment)
    check(str(ana) in cli.json("segments", "contacts", segment)["contacts"], "members at once")
    cli.json("segments", "edit", segment, "--json", '{"description":"Some"}')
    cli.json("segments", "get", segment)
    cli.json("--published-only", "segments", "list")
    activity = cli.json("contacts", "activity", ana, "--include-events", "lead.create,point.gained")
    check({e["event"] for e in activity["events"]} <= {"lead.create", "point.gained"}, "activity", activity)
    campaign = cli.new("campaigns", "campaign", {
        "name": prefix, "lists": [segment], "events": [{
            "id": "new1", "name": "Points", "type": "lead.changepoints", "eventType": "action",
            "properties": {"points": 1}}]})
    cli.json("campaigns", "add-contact", campaign, ana)
    rows = cli.json("campaigns", "contacts", campaign)["contacts"]
    check([str(row["lead_id"]) for row in values(rows)] == [str(ana)], "members of a campaign", rows)
    cli.json("campaigns", "remove-contact", campaign, ana)
    cli.json("campaigns", "edit", campaign, "--json", '{"description":"Some"}')
    check(cli.json("campaigns", "list")["campaigns"], "campaigns")
    letter = cli.new("emails", "email", {
        "name": prefix, "subject": "Hi", "customHtml": "<p>Hi</p>", "emailType": "template", "isPublished": True})
    cli.json("emails", "edit", letter, "--json", '{"subject":"Hello"}')
    check(cli.json("emails", "send", letter, "--contact", ana)["success"], "send")
    cli.json("emails", "list", "--search", f"name:{prefix}")
    company = cli.new("companies", "company", {"companyname": "Acme Inc"})
    cli.json("companies", "edit", company, "--json", '{"companyname":"Updated"}')
    cli.json("companies", "add-contact", company, ana)
    cli.json("companies", "remove-contact", company, ana)
    check(cli.json("companies", "get", company)["company"]["fields"]["all"]["companyname"] == "Updated", "company")
    note = cli.new("notes", "note", {"lead": ana, "type": "general", "text": "Called, no answer"})
    check(cli.json("notes", "get", note)["note"]["id"] == note, "note")
    check(int(cli.json("notes", "list", "--contact", ana)["total"]) == 1, "notes")

    # The merging edits: what the page promises is that nothing else changes.
    form = cli.new("forms", "form", {
        "name": prefix, "formType": "standalone", "postAction": "message", "postActionProperty": "Thanks",
        "fields": [
            {"label": "E-mail", "type": "email", "alias": "email", "mappedObject": "contact", "mappedField": "email"},
            {"label": "Name", "type": "text", "alias": "name"}]})
    fields = cli.json("forms", "get", form)["form"]["fields"]
    for patch in ({"name": "Updated Form"}, {"fields": [{"id": fields[1]["id"], "label": "Your name"}]},
                  {"fields": [{"label": "City", "type": "text", "alias": "city"}]}):
        cli.json("forms", "edit", form, "--json", json.dumps(patch), "--dry-run")
        edit = cli.json("forms", "edit", form, "--json", json.dumps(patch))
        check(edit["changes"] and not edit.get("unexpected") and not edit.get("not_applied"), "edit a form", edit)
    cli.json("forms", "fields", "delete", form, fields[1]["id"])
    labels = [f["label"] for f in cli.json("forms", "get", form)["form"]["fields"]]
    check(labels == ["E-mail", "City"], "fields of a form", labels)
    check(cli.json("forms", "submissions", form)["submissions"] == [], "submissions")
    cli.json("forms", "contact-submissions", form, ana)
    check("generate.js" in cli.run("forms", "embed", form), "embedding")
    check("<form" in cli.run("forms", "embed", form, "--type", "html"), "markup")
    item = cli.new("focus", "focus", {
        "name": prefix, "type": "notice", "style": "bar", "properties": {
            "bar": {"placement": "top"}, "content": {"headline": "Hi", "css": ""},
            "colors": {"primary": "27184e"}, "timeout": 0}})
    for words in (("--css", "p { color: red }"), ("--html", "<p>Hi</p>"), ("--json", '{"properties":{"timeout":6}}'),
                  ("--publish",)):
        edit = cli.json("focus", "edit", item, *words)
        check(not edit.get("unexpected") and not edit.get("not_applied"), f"edit a focus item {words}", edit)
    cli.run("focus", "js", item)
    check(cli.json("focus", "stats", item, "--since", "2020-01-01")["views"] == 0, "figures of a focus item")

    stage = requests.post(f"{SITE}/api/stages/new", json={"name": prefix}, auth=("admin", PASSWORD)).json()
    cli.json("stages", "set", ana, stage["stage"]["id"])
    tag = cli.new("tags", "tag", {"tag": prefix})
    cli.new("categories", "category", {"title": "Q1", "bundle": "email"})
    check(cli.json("categories", "list", "--bundle", "email")["categories"], "categories")
    hook = cli.new("webhooks", "hook", {
        "name": "New Lead", "webhookUrl": "https://hooks.example.com/", "triggers": ["mautic.lead_post_save_new"]})
    cli.json("webhooks", "get", hook)
    cli.json("webhooks", "delete", hook)
    cli.new("fields", "field", {"label": f"Size {prefix}", "type": "number", "group": "professional"})
    for group in ("stages", "points", "points triggers", "assets", "tags", "pages", "webhooks", "fields", "reports",
                  "forms", "focus", "companies", "emails"):
        cli.json(*group.split(), "list")
        cli.run("--format", "table", *group.split(), "list")
    check("audit_log" in json.dumps(cli.json("stats")), "tables of statistics")
    rows = cli.json("stats", "lead_points_change_log", "--where", f"lead_id={ana}", "--order", "id:desc")
    check(rows["stats"] and str(rows["stats"][0]["lead_id"]) == str(ana), "statistics", rows)
    cli.run("--page-all", "stats", "audit_log", "--where", "date_added>=2020-01-01", "--limit", 10)
    check("mautic_version" in cli.json("version"), "version")
    for group, made in (("focus", item), ("forms", form), ("campaigns", campaign), ("segments", segment),
                        ("companies", company), ("contacts", ana)):
        cli.json(group, "delete", made)
    check(tag > 0, "tags")


itself, secret = client_of("CLIENTS_ITSELF")
for base in (SITE, SITE + "/index.php"):
    session = OAuth2Session(client=BackendApplicationClient(client_id=itself))
    token = session.fetch_token(f"{base}/oauth/v2/token", client_id=itself, client_secret=secret)
    records(mautic.MauticOauth2Client(base_url=base, client_id=itself, client_secret=secret, token=token),
            "itself" if base == SITE else "front")
    records(mautic.MauticBasicAuthClient(base, "admin", PASSWORD), "basic" if base == SITE else "basicfront")

users, users_secret = client_of("CLIENTS_USERS")
kept = {}
client = mautic.MauticOauth2Client(base_url=SITE, client_id=users, client_secret=users_secret)
client.session.redirect_uri = CALLBACK
address, _ = client.session.authorization_url(client.authorization_base_url)
sent_to = approve(address)
token = client.session.fetch_token(
    client.access_token_url, client_secret=users_secret, authorization_response=sent_to)
# A token whose time is over is refreshed by the package itself, and kept by what it was given for that.
client = mautic.MauticOauth2Client(
    base_url=SITE, client_id=users, client_secret=users_secret, token={**token, "expires_at": 1, "expires_in": -1},
    token_updater=kept.update)
check(mautic.Users(client=client).get_self()["username"] == "admin", "a refreshed token")
check(kept["access_token"] != token["access_token"] and kept["refresh_token"], "what was kept", kept)
records(mautic.MauticOauth2Client(base_url=SITE, client_id=users, token=kept), "users")

endpoint = {"MAUTIC_TOKEN_ENDPOINT": f"{SITE}/oauth/v2/token"}
commands(sys.argv[1], {"MAUTIC_CLIENT_ID": itself, "MAUTIC_CLIENT_SECRET": secret, **endpoint}, "cli")
commands(sys.argv[1], {"MAUTIC_USERNAME": "admin", "MAUTIC_PASSWORD": PASSWORD}, "clibasic")
print(f"{checks} checks of mautic and mautic-cli passed")

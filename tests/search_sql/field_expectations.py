"""What finds an event by each of its fields, and what does not."""

from __future__ import annotations

from typing import Any, NamedTuple

Document = dict[str, Any]

NOW = "2026-01-15T12:00:00Z"
ORGANIZATION, PROJECT, OTHER_PROJECT = (f"537650f3b77efe23a47914{end}" for end in ("f3", "f4", "f6"))
STACK, OTHER_STACK = "1ecd0826e447a44e78877ab1", "2ecd0826e447a44e78877ab2"
EVENT, OTHER = "54dbc16ca0f5c61398427b00", "54dbc16ca0f5c61398427b01"


class Expectation(NamedTuple):
    """An event with these members is found by the first filters, and by none of the others."""

    members: Document
    finding: list[str]
    missing: list[str]


def data(**members: Any) -> Document:
    """Data whose keys start with an at sign."""
    return {"data": {f"@{name}": value for name, value in members.items()}}


def request(**members: Any) -> Document:
    return data(request={"data": {f"@{name}": value for name, value in members.items()}})


def error(**members: Any) -> Document:
    return data(error=members)


def names(*fields: str, value: str) -> list[str]:
    return [f"{field}:{value}" for field in fields]


EXPECTATIONS = {
    "id": Expectation(
        {},
        [
            f"id:{EVENT}",
            f'id:"{EVENT}"',
            f"ID:{EVENT}",
            EVENT,
            f"id:{EVENT[:-1]}* -id:{OTHER}",
            f"NOT id:{OTHER}",
            f"id:({EVENT})",
        ],
        [f"id:{EVENT.upper()}", f"id:{EVENT[:10]}", "id:nothing", f"id:{OTHER}"],
    ),
    "organization, project, stack": Expectation(
        {},
        [
            *names("organization", "organization_id", value=f"{ORGANIZATION} id:{EVENT}"),
            *names("project", "project_id", "Project", value=PROJECT),
            *names("stack", "stack_id", value=STACK),
            f"stack:{STACK[:8]}*",
        ],
        [f"project:{OTHER_PROJECT}", f"stack:{OTHER_STACK}", f"stack:{STACK.upper()}", STACK],
    ),
    "reference_id": Expectation(
        {"reference_id": "Order-1042"},
        [*names("reference", "reference_id", value="Order-1042"), "Order-1042", "reference:Order*", "Order*"],
        [
            *names("reference", "reference_id", value="order-1042"),
            "reference:Order",
            "reference:*1042",
            "reference:1042",
        ],
    ),
    "type": Expectation(
        {"type": "My type"},
        # The stack must have the type as well, and there the letters count.
        ['type:"My type"', "type:My\\ type", "type:My*", 'TYPE:"My type"'],
        ["type:My", "type:log", '"My type"', 'type:"my type"'],
    ),
    "source": Expectation(
        {"source": "Acme.Web.Shop, GET /Print some/web/path?a=1"},
        [
            *("source:acme.web.shop", "source:acme", "source:Web", "source:SHOP", "source:acme.web", "source:shop,x"),
            *("source:get", 'source:"/Print"', "source:print", "source:some/web", "source:path", "source:a"),
            *(
                'source:"shop get"',
                'source:"get /print"',
                "source:acme.w*",
                "source:nothing,get",
                "acme.web",
                "source:1",
            ),
            *('source:"acme.web.shop get /print"', "Print", "source:some/web/path?a=1"),
        ],
        ["source:acm", 'source:"get shop"', "source:acmeweb", 'source:"acme print"', "source:web.shop.print"],
    ),
    "message": Expectation(
        {"message": "Invalid hash. Parameter name: hash-key user_id 5.5 O'Neil"},
        [
            *("message:invalid", "message:INVALID", "message:hash", "message:key", "message:user_id", "message:5.5"),
            *('message:"invalid hash"', 'message:"hash parameter name"', "message:foo-key", "message:o'neil", "hash"),
            *("message:inval*", "message:(nothing OR hash)", 'message:"Invalid hash. Parameter name: hash"', "inval*"),
            *("message:p?ram*", "message:i*val*"),
        ],
        [
            "message:inval",
            "message:user",
            'message:"hash invalid"',
            "message:foo-bar",
            "message:para*x*",
            'message:"."',
        ],
    ),
    "tags": Expectation(
        {"tags": ["Blake Niemyjski", "Critical"]},
        [
            *names("tag", "tags", "TAGS", value="Critical"),
            *('tag:"Blake Niemyjski"', '"blake Niemyjski"', "CRITICAL", "tag:Blake*", "blake*"),
            "(tag:Critical AND tag:Blake*)",
        ],
        ["tag:Blake", "tag:critical", "Niemyjski", 'tag:"Critical Blake"', "tag:Critica", 'tag:"blake niemyjski"'],
    ),
    "date": Expectation(
        {"date": "2026-01-10T08:30:15.250Z"},
        [
            *(
                'date:"2026-01-10"',
                'date:"2026-01-10T08:30:15.250Z"',
                'date:"2026-01-10T08:30:15.250"',
                "date:2026-01-10",
            ),
            *(
                'date:"2026-01-10T09:30:15.250+01:00"',
                "date:[2026-01-10 TO 2026-01-10]",
                "date:{2026-01-09 TO 2026-01-11}",
            ),
            *(
                "date:>2026-01-09",
                "date:>=2026-01-10",
                f"date:<2026-01-11 id:{EVENT}",
                f"date:<=2026-01-10 id:{EVENT}",
                f"date:[* TO 2026-01-10] id:{EVENT}",
            ),
            *("date:>now-6d", "date:[now-5d/d TO now-5d/d]", "date:(>2026-01-09 AND <2026-01-11)", "date:>now-1w"),
            *(
                'date:"2026-01-01||+9d/d"',
                "date:[2026-01-01||+9d TO now}",
                'created_utc:"2026-01-10"',
                "date:2026\\-01\\-10",
            ),
            *("date:[1768033815250 TO 1768033815250]", "date:[2026-01-09..2026-01-11]", "date:>=2026-01-10^60m"),
        ],
        [
            *(
                'date:"2026-01-10T08:30:15.251Z"',
                "date:>2026-01-10",
                "date:<2026-01-10",
                "date:{2026-01-10 TO 2026-01-11]",
            ),
            *("date:[2026-01-01 TO 2026-01-10}", "date:>now-5d", "date:>now-5d/d", "date:>=2026-01-10^-12h"),
        ],
    ),
    "value": Expectation(
        {"value": 12.5},
        [
            *(
                "value:12.5",
                "value:>12",
                "value:>=12.5",
                "value:<13",
                "value:<=12.5",
                "value:[1..20]",
                "value:[12.5 TO *]",
            ),
            *(
                "value:{12 TO 13}",
                "value:(>0 AND <=20)",
                "value:(+>12 +<13)",
                "value : > 12",
                'value:"12.50"',
                "value:1.25e1",
            ),
            *('value:>"-5"', "value:[-5 TO 13]", f"_exists_:value id:{EVENT}", "NOT value:5 value:>0"),
        ],
        ["value:12", "value:>12.5", "value:{12.5 TO 13]", "value:<12.5", "value:[13..20]", "value:(>0 AND <=12)"],
    ),
    "count": Expectation(
        {"count": 7},
        ["count:7", "count:>6", "count:[7 TO 7]", "count:<=7.5", "count:7.0", "count:{6 TO 8}"],
        ["count:6", "count:7.5", "count:>7", "count:<7", "count:{7 TO 8}"],
    ),
    "first": Expectation(
        {"is_first_occurrence": True},
        [*names("first", "is_first_occurrence", value="true"), "NOT first:false", "first:TRUE", "-first:false"],
        [*names("first", "is_first_occurrence", value="false"), "NOT first:true"],
    ),
    "bot": Expectation(
        request(is_bot=True), ["bot:true", "data.@request.data.@is_bot:true"], ["bot:false", "_missing_:bot bot:true"]
    ),
    "geo": Expectation(
        {"geo": "40,-70"},
        ['geo:"40,-70"', 'geo:"40.01,-70"', 'geo:"41,-70"~100mi', "geo:[41,-71..39,-69]", "_exists_:geo"],
        ['geo:"41,-70"', 'geo:"41,-70"~10km', "geo:[39,-71..38,-69]"],
    ),
    "level": Expectation(
        data(level="Error"), ["level:Error", "level:error", "LEVEL:ERROR", "data.@level:error"], ["level:err", "Error"]
    ),
    "version": Expectation(
        data(version="1.2.3.0"),
        [
            *("version:1", "version:1.2", "version:1.2.3", "version:1.2.3.0", "version:0001.0002.0003.0000"),
            *("version:01.2", 'version:"1.2.3"', "version:1.2.*", "data.@version:1.2"),
        ],
        ["version:2", "version:1.3", "version:1.2.3.4", "version:1.20", "version:12", "1.2.3.0"],
    ),
    "version with a suffix": Expectation(
        data(version="3.2.1-beta1"),
        ["version:3", "version:3.2", "version:3.2.1", "version:3.2.1-beta1", "version:3.2.1-BETA1"],
        ["version:3.2.1.0", "version:3.2.1-beta2", "version:beta1"],
    ),
    "submission and client": Expectation(
        data(
            submission_method="POST", submission_client={"user_agent": "Exceptionless/7.1 (js)", "version": "7.1.0-Rc"}
        ),
        [
            *(
                "submission:POST",
                "client.version:7.1.0-Rc",
                "client.version:7.1*",
                'client.useragent:"exceptionless/7.1 (js)"',
            ),
            "client.useragent:exceptionless*",
        ],
        ["submission:post", "client.version:7.1.0-rc", "client.version:7.1", "client.useragent:js", "POST"],
    ),
    "machine, cmd, architecture": Expectation(
        data(environment={"machine_name": "SERVER-01", "command_line": "Run -x", "architecture": "x64"}),
        ["machine:server-01", "machine:SERVER*", 'cmd:"Run -x"', "architecture:x64", "cmd:Run*"],
        ["machine:server", "machine:01", 'cmd:"run -x"', "architecture:X64", "SERVER-01", "cmd:Run"],
    ),
    "user": Expectation(
        data(user={"identity": "My-User-Identity", "name": "Test User"}),
        [
            *names("user", "user.email", "data.@user.identity", "User", value="my-user-identity"),
            *("user:my", "user:identity", "user:ident", "user:MY-USER", "My-User-Identity", "user:us", "user:us*"),
            *('user.name:"test user"', "user.name:test*", 'data.@user.name:"TEST USER"', '"Test User"'),
        ],
        ["user:m", "user:dentity", "user.name:test", "user.x:my", "user.name:user", 'user:"my user"'],
    ),
    "email addresses": Expectation(
        data(user_description={"email_address": "Test@Exceptionless.com", "description": "It broke, badly"}),
        [
            *names("user", "user.email", value="test@exceptionless.com"),
            *("user:exceptionless", "user:exceptionless.com", "user:te", "exceptionless.com", "TEST@exceptionless.com"),
            *("user.description:broke", 'user.description:"it broke"', "badly", "user:excep"),
            "data.@user_description.email_address:test@nowhere.org",
        ],
        ["user:com", "user:t", "user.description:brok", "user:ceptionless", "user:test@exceptionless.org"],
    ),
    "error": Expectation(
        error(
            type="System.Web.HttpException",
            message="Outer failure",
            code="502",
            inner={"type": "Acme.InnerException", "message": "Inner cause", "code": "E_1"},
            data={"@target": {"ExceptionType": "Acme.TargetException", "Method": "Acme.Shop.Buy(Int32 amount)"}},
        ),
        [
            *("error.code:502", "error.code:E_1", "502", "error.code:E*", "error.type:system.web.httpexception"),
            *(
                "error.type:HttpException",
                "error.type:system",
                "error.type:System.Web",
                "error.type:web",
                "httpexception",
            ),
            *("error.type:Acme.InnerException", "InnerException", "error.message:failure", "error.message:cause"),
            *('error.message:"outer failure"', "error.targettype:TargetException", "error.targettype:acme"),
            *("error.targetmethod:Buy", "error.targetmethod:acme.shop", "error.targetmethod:Acme.Shop.Buy"),
            "data.@error.data.@target.Method:buy",
        ],
        [
            *("error.code:50", "error.code:e_1", "failure", "error.type:exception", "error.type:web.httpexception"),
            *("error.targetmethod:amount", 'error.message:"failure outer"', "error.type:Http", "data.@error.code:502"),
        ],
    ),
    "simple error": Expectation(
        data(simple_error={"type": "TypeError", "message": "x is undefined", "inner": {"type": "RangeError"}}),
        ["error.type:TypeError", "error.type:rangeerror", "error.message:undefined", "TypeError"],
        ["error.type:type", "error.code:*"],
    ),
    "ip": Expectation(
        data(
            submission_client={"ip_address": "172.10.0.61"},
            request={"client_ip_address": "192.168.0.243, 10.0.0.9"},
            environment={"ip_address": "192.168.0.88,2001:0:4137:9e76::3a66"},
        ),
        [
            *("ip:172.10.0.61", "ip:192.168.0.243", "ip:10.0.0.9", "ip:192.168.0.88", 'ip:"2001:0:4137:9e76::3a66"'),
            *("ip:192.168*", "data.@request.client_ip_address:10.0.0.9", "ip:1.1.1.1,10.0.0.9"),
        ],
        ["ip:10.0.0", "ip:192.168.0", "172.10.0.61"],
    ),
    "path, host, user agent": Expectation(
        data(
            request={
                "path": "/apple-touch-icon.png",
                "host": "app.Exceptionless.com",
                "user_agent": "Mozilla/5.0 (X11)",
            }
        ),
        [
            *(
                'path:"/apple-touch-icon.png"',
                "path:apple",
                "path:png",
                'path:"touch/icon"',
                "apple",
                "path:nothing-icon",
            ),
            *("data.@request.host:app", 'data.@request.host:"exceptionless.com"', "data.@request.host:nothing.app"),
            *("useragent:mozilla", "useragent:5.0", "useragent:x11", 'useragent:"mozilla 5.0"'),
        ],
        ['path:"icon touch"', "path:app", "useragent:5", "mozilla", "useragent:moz", "exceptionless.com"],
    ),
    "browser, device, os": Expectation(
        request(
            browser="Chrome Mobile",
            browser_version="26.0.1410",
            browser_major_version="26",
            device="Huawei U8686",
            os="Android",
            os_version="4.1.1",
            os_major_version="4",
        ),
        [
            *("browser:chrome", 'browser:"Chrome Mobile"', "browser.version:26.0.1410", "browser.version:26*"),
            *(
                "browser.major:26",
                "device:huawei",
                'device:"huawei u8686"',
                "os:android",
                "os.version:4.1.1",
                "os.major:4",
            ),
            *("data.@request.data.@browser:mobile", "os:ANDROID"),
        ],
        [
            *("browser:chrom", 'browser:"mobile chrome"', "browser.version:26", "browser.major:2", "os.version:4.1"),
            *("Chrome", "os.major:4.1", "device:u868"),
        ],
    ),
    "os of the environment": Expectation(
        data(environment={"o_s_name": "Microsoft Windows Server 2012"}),
        ["os:windows", 'os:"Microsoft Windows Server"', "data.@environment.o_s_name:2012"],
        ["os:win", 'os:"windows microsoft"'],
    ),
    "location": Expectation(
        data(location={"country": "DE", "level1": "Bayern", "level2": "Oberbayern", "locality": "München"}),
        ["country:de", "level1:Bayern", "level2:Oberbayern", "locality:München", "locality:M*"],
        ["level1:bayern", "locality:münchen", "country:d", "München"],
    ),
    "custom data": Expectation(
        {
            "data": {
                "Age": 18,
                "plan": "Pro",
                " First-Name ": "Eric",
                "Paid": True,
                "born": "2001-02-03T04:05:06Z",
                "amount": "1,250.5",
                "@ref:session": "S-1",
                "haserror": False,
                "first name": "no",
                "list": [1],
            }
        },
        [
            *(
                "data.age:18",
                "data.Age:>17",
                "data.age:(>=10 AND < 20)",
                "data.age:[18..18]",
                "DATA.AGE:18",
                "idx.age-n:18",
            ),
            *("data.plan:Pro", "data.plan:P*", 'data.plan:"Pro"', "data.first-name:Eric", "data.paid:true"),
            *(
                "data.born:>2001-01-01",
                'data.born:"2001-02-03"',
                "data.born:[2001-02-03 TO 2001-02-03]",
                "data.born:<now/d",
            ),
            *("data.amount:1250.5", "data.amount:>1000", "ref.session:S-1", "session:S-1", "data.haserror:false"),
            *(
                "_exists_:data.plan",
                "_exists_:ref.session",
                f"_missing_:data.sessionend id:{EVENT}",
                "data.age:(+>=10 +<20)",
            ),
        ],
        [
            *("data.age:17", "data.age:>18", "data.plan:pro", "data.plan:Pr", "data.paid:false", "ref.session:s-1"),
            *(
                "data.born:<2001-01-01",
                "Pro",
                "data.first:no",
                "data.list:1",
                "data.haserror:true",
                "_exists_:data.sessionend",
            ),
            *("data.age:abc", "data.plan:<A", "_exists_:data.age"),
        ],
    ),
    "unknown fields": Expectation(
        {"message": "x"},
        [
            f"NOT nothing:x id:{EVENT}",
            f"_missing_:nothing id:{EVENT}",
            f"id:{EVENT} OR nothing:x",
            f"-data.a.b:1 id:{EVENT}",
        ],
        ["nothing:x", "_exists_:nothing", "nothing:>5", "nothing:[a TO b]", "nothing:*", "data.a.b:1"],
    ),
}

"""What the sample events are made of: an imaginary shop in several languages, its people, places and failures."""

from __future__ import annotations

from dataclasses import dataclass, field

USERS = (
    ("mara.lindqvist@example.com", "Mara Lindqvist"),
    ("tomas.okafor@example.com", "Tomás Okafor"),
    ("yuki.tanabe@example.com", "Yuki Tanabe"),
    ("ines.carvalho@example.com", "Inês Carvalho"),
    ("dmitri.volkov@example.com", "Dmitri Volkov"),
    ("aisha.rahman@example.com", "Aisha Rahman"),
    ("felix.brandt@example.com", "Felix Brandt"),
    ("noor.haddad@example.com", "Noor Haddad"),
    ("camille.moreau@example.com", "Camille Moreau"),
    ("john.whitfield@example.com", "John Whitfield"),
    ("li.wei@example.com", "Li Wei"),
    ("sofia.rossi@example.com", "Sofia Rossi"),
)
PLACES = (
    ("32.7767,-96.7970", "US", "Texas", "Dallas"),
    ("44.5133,-88.0133", "US", "Wisconsin", "Green Bay"),
    ("51.5072,-0.1276", "GB", "England", "London"),
    ("52.5200,13.4050", "DE", "Berlin", "Berlin"),
    ("59.3293,18.0686", "SE", "Stockholm", "Stockholm"),
    ("38.7223,-9.1393", "PT", "Lisboa", "Lisbon"),
    ("35.6762,139.6503", "JP", "Tokyo", "Tokyo"),
    ("-33.8688,151.2093", "AU", "New South Wales", "Sydney"),
    ("-23.5558,-46.6396", "BR", "São Paulo", "São Paulo"),
    ("19.0760,72.8777", "IN", "Maharashtra", "Mumbai"),
)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Mobile Safari/537.36",
)
VERSIONS = ("2.4.0", "2.4.1", "2.5.0", "2.5.1-beta.2", "2.6.0")
TAGS = ("checkout", "billing", "search", "mobile", "batch", "import", "nightly", "partner-api", "beta", "slow")
MACHINES = ("web-01", "web-02", "worker-01", "worker-02", "batch-01")
MISSING_PAGES = (
    "/favicon.png",
    "/products/retired-model",
    "/apple-touch-icon-precomposed.png",
    "/wp-login.php",
    "/blog/2019/spring-sale",
    "/.env",
    "/images/banner@2x.webp",
    "/api/v1/orders",
)
FEATURES = (
    "Export to CSV",
    "Saved search",
    "One-click checkout",
    "Dark mode",
    "Gift wrapping",
    "Order history",
    "Two-factor sign-in",
)
PAGES = ("/", "/search", "/products/42", "/basket", "/checkout", "/account", "/orders/1042", "/help/returns")
LOGS = (
    ("Shop.Orders.OrderService", "info", "Order {number} was placed for {amount} EUR"),
    ("Shop.Orders.OrderService", "debug", "Recalculating totals of order {number}"),
    ("Shop.Orders.StockReservation", "warn", "Only {small} pieces left of article {number}"),
    ("Shop.Payments.Gateway", "warn", "The payment provider answered after {number} ms"),
    ("Shop.Payments.Gateway", "error", "Payment of order {number} was declined: insufficient funds"),
    ("shop.search.indexer", "info", "Indexed {number} products in {small} s"),
    ("shop.search.indexer", "trace", "Query cache hit for key q:{number}"),
    ("shop.mail.queue", "info", "Sent the confirmation of order {number}"),
    ("shop.mail.queue", "error", "The mail server refused message {number}: mailbox unavailable"),
    ("Shop.Security.SignIn", "warn", "{small} failed sign-ins for account {number}"),
    ("shop.batch.NightlyImport", "fatal", "The import stopped at line {number}: disk quota exceeded"),
    ("shop.batch.NightlyImport", "info", "Imported {number} articles from the supplier feed"),
)


@dataclass(frozen=True, slots=True)
class Runtime:
    """One language: how its environment looks, and the frames that stand below the shop's own code."""

    name: str
    process: str
    version: str
    extension: str
    framework: tuple[str, ...]
    """Frames outermost last, each `namespace|type|method`."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names and types that its methods take; empty where stack traces hold none."""


DOTNET = Runtime(
    "dotnet",
    "Shop.Web.exe",
    ".NET 9.0.0",
    "cs",
    (
        "Microsoft.AspNetCore.Mvc.Infrastructure|ActionMethodExecutor|Execute",
        "Microsoft.AspNetCore.Mvc.Infrastructure|ControllerActionInvoker|InvokeActionMethodAsync",
        "Microsoft.AspNetCore.Mvc.Infrastructure|ControllerActionInvoker|InvokeNextActionFilterAsync",
        "Microsoft.AspNetCore.Mvc.Infrastructure|ResourceInvoker|InvokeFilterPipelineAsync",
        "Microsoft.AspNetCore.Mvc.Infrastructure|ResourceInvoker|InvokeAsync",
        "Microsoft.AspNetCore.Routing|EndpointMiddleware|Invoke",
        "Microsoft.AspNetCore.Authorization|AuthorizationMiddleware|Invoke",
        "Microsoft.AspNetCore.Authentication|AuthenticationMiddleware|Invoke",
        "Microsoft.AspNetCore.Diagnostics|ExceptionHandlerMiddlewareImpl|Invoke",
        "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http|HttpProtocol|ProcessRequests",
    ),
    (("orderId", "Int32"), ("cancellationToken", "CancellationToken")),
)
JAVA = Runtime(
    "java",
    "java",
    "OpenJDK 21.0.5",
    "java",
    (
        "org.springframework.web.method.support|InvocableHandlerMethod|invokeForRequest",
        "org.springframework.web.servlet.mvc.method.annotation|RequestMappingHandlerAdapter|handleInternal",
        "org.springframework.web.servlet|DispatcherServlet|doDispatch",
        "org.springframework.web.servlet|FrameworkServlet|processRequest",
        "jakarta.servlet.http|HttpServlet|service",
        "org.apache.catalina.core|ApplicationFilterChain|doFilter",
        "org.apache.catalina.core|StandardWrapperValve|invoke",
        "org.apache.catalina.core|StandardHostValve|invoke",
        "org.apache.coyote.http11|Http11Processor|service",
        "java.lang|Thread|run",
    ),
)
PYTHON = Runtime(
    "python",
    "python3",
    "CPython 3.12.7",
    "py",
    (
        "django.views.generic|View|dispatch",
        "django.core.handlers|BaseHandler|_get_response",
        "django.core.handlers|convert_exception_to_response|inner",
        "django.middleware.csrf|CsrfViewMiddleware|__call__",
        "django.contrib.sessions|SessionMiddleware|__call__",
        "django.core.handlers|WSGIHandler|__call__",
    ),
)
NODE = Runtime(
    "node",
    "node",
    "Node.js 22.11.0",
    "js",
    (
        "express|Layer|handle",
        "express|Route|dispatch",
        "express|Router|process_params",
        "express|Router|next",
        "express|Function|handle",
        "node:http|Server|emit",
        "node:internal|process|processTicksAndRejections",
    ),
)
GO = Runtime(
    "go",
    "shopd",
    "go1.23.3",
    "go",
    (
        "net/http|HandlerFunc|ServeHTTP",
        "net/http|ServeMux|ServeHTTP",
        "net/http|serverHandler|ServeHTTP",
        "net/http|conn|serve",
        "runtime|runtime|goexit",
    ),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of error; `path` are the shop's own frames, innermost first, each `namespace|type|method`."""

    runtime: Runtime
    type: str
    message: str
    path: tuple[str, ...]
    weight: int = 1
    code: str | None = None
    inner: tuple[tuple[str, str], ...] = field(default=())
    """Types and messages of the errors that caused it, the root cause last."""
    is_critical: bool = False


FAILURES = (
    Failure(
        DOTNET,
        "System.NullReferenceException",
        "Object reference not set to an instance of an object.",
        (
            "Shop.Orders|OrderService|CalculateTotals",
            "Shop.Orders|OrderService|Place",
            "Shop.Web|OrdersController|Post",
        ),
        weight=9,
    ),
    Failure(
        DOTNET,
        "System.InvalidOperationException",
        "The basket of customer {number} is empty.",
        ("Shop.Baskets|Basket|EnsureNotEmpty", "Shop.Web|CheckoutController|Pay"),
        weight=6,
    ),
    Failure(
        DOTNET,
        "Shop.Payments.PaymentException",
        "The payment of order {number} could not be captured.",
        ("Shop.Payments|StripeGateway|Capture", "Shop.Payments|PaymentService|Pay", "Shop.Web|CheckoutController|Pay"),
        weight=5,
        code="card_declined",
        inner=(
            ("System.Net.Http.HttpRequestException", "The SSL connection could not be established."),
            ("System.IO.IOException", "Unable to read data from the transport connection."),
        ),
        is_critical=True,
    ),
    Failure(
        DOTNET,
        "Microsoft.Data.SqlClient.SqlException",
        "Transaction (Process ID {small}) was deadlocked on lock resources with another process.",
        ("Shop.Data|OrderRepository|Save", "Shop.Orders|OrderService|Place", "Shop.Web|Orders|Post"),
        weight=3,
        code="1205",
    ),
    Failure(
        JAVA,
        "java.lang.IllegalStateException",
        "Warehouse {small} has no open shift",
        ("com.example.shop.stock|ShiftPlanner|current", "com.example.shop.stock|StockController|reserve"),
        weight=4,
    ),
    Failure(
        JAVA,
        "org.springframework.dao.DataAccessResourceFailureException",
        "Unable to acquire JDBC Connection",
        ("com.example.shop.stock|ArticleRepository|findBySku", "com.example.shop.stock|StockService|lookUp"),
        weight=3,
        inner=(
            ("java.sql.SQLTransientConnectionException", "HikariPool-1 - Connection is not available"),
            ("java.net.SocketTimeoutException", "Connect timed out"),
        ),
    ),
    Failure(
        JAVA,
        "java.util.concurrent.TimeoutException",
        "Supplier feed did not answer within {number} ms",
        ("com.example.shop.suppliers|FeedClient|fetch", "com.example.shop.suppliers|ImportJob|execute"),
        weight=2,
    ),
    Failure(
        PYTHON,
        "KeyError",
        "'discount_code'",
        ("shop.pricing|discounts|apply_discount", "shop.pricing|views|quote"),
        weight=6,
    ),
    Failure(
        PYTHON,
        "ValueError",
        "invalid literal for int() with base 10: 'SKU-{number}'",
        ("shop.importer|rows|parse_row", "shop.importer|feed|read", "shop.importer|views|upload"),
        weight=4,
        inner=(("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xe9 in position 17"),),
    ),
    Failure(
        PYTHON,
        "requests.exceptions.ConnectionError",
        "HTTPSConnectionPool(host='rates.example.com', port=443): Max retries exceeded",
        ("shop.currency|rates|refresh", "shop.currency|tasks|nightly"),
        weight=2,
        inner=(("urllib3.exceptions.NewConnectionError", "Failed to establish a new connection"),),
    ),
    Failure(
        NODE,
        "TypeError",
        "Cannot read properties of undefined (reading 'price')",
        ("shop-frontend|ProductCard|render", "shop-frontend|SearchPage|renderResults", "shop-frontend|SearchPage|show"),
        weight=8,
    ),
    Failure(
        NODE,
        "RangeError",
        "Invalid currency code : EURO",
        ("shop-frontend|money|formatPrice", "shop-frontend|Basket|renderTotal"),
        weight=3,
    ),
    Failure(
        NODE,
        "AxiosError",
        "Request failed with status code 502",
        ("shop-frontend|api|post", "shop-frontend|Checkout|submitOrder"),
        weight=3,
        code="ERR_BAD_RESPONSE",
    ),
    Failure(
        GO,
        "*net.OpError",
        "dial tcp 10.0.4.{small}:6379: connect: connection refused",
        ("shop/cache|Client|Get", "shop/sessions|Store|Load", "shop/sessions|Handler|Middleware"),
        weight=3,
    ),
    Failure(
        GO,
        "runtime.boundsError",
        "index out of range [{small}] with length 3",
        ("shop/labels|Printer|column", "shop/labels|Printer|Print", "shop/labels|Handler|Label"),
        weight=2,
        is_critical=True,
    ),
)

"use strict";

window.prettyPrint();
